//! The envelope of an event.

use crate::ids::EventId;
use crate::json::quote;

/// What an envelope is written of.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// Who publishes.
    pub source: &'a str,
    /// What happened.
    pub detail_type: &'a str,
    /// The text of the time, such as `2026-01-02T03:04:05Z`.
    pub time: &'a [u8],
    /// What the event is about.
    pub resources: &'a [&'a str],
    /// The text of one JSON object, which is embedded as it is.
    pub detail: &'a [u8],
}

impl Entry<'_> {
    /// Return the bytes that the entry counts for, without those for a time that it was given.
    ///
    /// Source: <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html>
    pub fn size(&self) -> usize {
        let resources: usize = self.resources.iter().map(|text| text.len()).sum();
        self.source.len() + self.detail_type.len() + resources + self.detail.len()
    }
}

/// Writes the envelopes of one account and region.
///
/// Member order and time format are those of delivered events:
/// <https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html>
#[derive(Debug)]
pub struct Envelope {
    /// The members between the source and the text of the time.
    account: Vec<u8>,
    /// The members between the text of the time and the list of resources.
    region: Vec<u8>,
}

impl Envelope {
    /// Write the envelopes of this account and region.
    pub fn new(account: &str, region: &str) -> Self {
        let mut before_time = br#","account":"#.to_vec();
        quote(account, &mut before_time);
        before_time.extend_from_slice(br#","time":""#);
        let mut behind_time = br#"","region":"#.to_vec();
        quote(region, &mut behind_time);
        behind_time.extend_from_slice(br#","resources":["#);
        Self { account: before_time, region: behind_time }
    }

    /// Append the envelope of an entry.
    pub fn write(&self, id: &EventId, entry: &Entry<'_>, into: &mut Vec<u8>) {
        into.extend_from_slice(br#"{"version":"0","id":""#);
        into.extend_from_slice(id.as_str().as_bytes());
        into.extend_from_slice(br#"","detail-type":"#);
        quote(entry.detail_type, into);
        into.extend_from_slice(br#","source":"#);
        quote(entry.source, into);
        into.extend_from_slice(&self.account);
        into.extend_from_slice(entry.time);
        into.extend_from_slice(&self.region);
        for (index, resource) in entry.resources.iter().enumerate() {
            if index > 0 {
                into.push(b',');
            }
            quote(resource, into);
        }
        into.extend_from_slice(br#"],"detail":"#);
        into.extend_from_slice(entry.detail);
        into.push(b'}');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::EventIds;

    /// The members stand in the order of delivered events, and texts are escaped.
    #[test]
    fn writes_all_members() {
        let id = EventIds::default().next_id();
        let entry = Entry {
            source: "a\"b",
            detail_type: "T\\\n\u{1}",
            time: b"2026-01-02T03:04:05Z",
            resources: &["r", "\u{e9}"],
            detail: b"{\"k\": 1}",
        };

        let mut event = Vec::new();
        Envelope::new("1", "r\"").write(&id, &entry, &mut event);

        let expected = [
            r#"{"version":"0","id":""#,
            id.as_str(),
            r#"","detail-type":"T\\\n\u0001","source":"a\"b","account":"1","#,
            r#""time":"2026-01-02T03:04:05Z","region":"r\"","resources":["r","é"],"#,
            r#""detail":{"k": 1}}"#,
        ];
        assert_eq!(expected.concat(), String::from_utf8(event).unwrap());
        assert_eq!(3 + 4 + 1 + 2 + 8, entry.size());
    }
}
