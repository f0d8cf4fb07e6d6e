//! The steps of delivery that every event takes: into a queue, to a worker, to the handler.
//!
//! What is decided about an event by a policy is decided in Python; here is what happens to those
//! about which nothing has to be decided.

mod latency;
mod queue;
mod ready;
mod turn;

pub use queue::EventQueue;
pub use ready::ReadyQueues;
pub use turn::Turn;
