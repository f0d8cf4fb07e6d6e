//! Looking at many bytes at once: all that depends on the kind of processor, and all `unsafe`.
//!
//! [`lanes`] looks for the end of one short text, [`block`] takes an event apart. Each has a
//! backend for each kind of processor, and all backends answer alike.

mod block;
mod lanes;
#[allow(unsafe_code)]
mod prefetch;

pub(crate) use block::{BLOCK, Backend, Block, Job};
pub(crate) use lanes::{WIDTH, plain_name, space_stop, string_stop};
pub use prefetch::prefetch;
