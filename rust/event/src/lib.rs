//! The bytes of an event: envelopes written, paths read, transforms rendered.
//!
//! An [`Envelope`] writes the event that an entry becomes:
//!
//! ```
//! use rulebus_event::{Entry, Envelope, EventIds};
//!
//! let envelope = Envelope::new("123456789012", "us-east-1");
//! let id = EventIds::default().next_id();
//! let time = b"2026-01-02T03:04:05Z";
//! let entry = Entry { source: "shop", detail_type: "Sold", time, resources: &[], detail: b"{}" };
//!
//! let mut event = Vec::new();
//! envelope.write(&id, &entry, &mut event);
//! assert!(event.starts_with(br#"{"version":"0","id":""#));
//! ```
//!
//! A [`Transform`] makes what a target is given of an event, by the rules of Amazon `EventBridge`:
//!
//! ```
//! use rulebus_event::{Context, Transform};
//!
//! let paths = [("state", "$.detail.state")];
//! let transform = Transform::transformer(paths, r#"{"now": <state>}"#)?;
//!
//! let event = br#"{"id": "17", "detail": {"state": "on"}}"#;
//! assert_eq!(br#"{"now": "on"}"#, &*transform.render(event, &Context::default())?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod envelope;
mod error;
mod forward;
mod ids;
mod json;
mod path;
mod paths;
mod template;
mod time;
mod transform;

pub use envelope::{Entry, Envelope};
pub use error::{RenderError, RenderErrorKind, TransformError, TransformErrorKind, TransformPart};
pub use forward::forwarded;
pub use ids::{EventId, EventIds};
pub use path::EventPath;
pub use time::{write_milliseconds, write_seconds};
pub use transform::{Context, Transform};
