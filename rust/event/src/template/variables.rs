//! What placeholders can name.

use crate::path::Step;
use crate::paths::{PathId, Paths};

/// The members of `<aws.events.event>`, by their names in the event and in the variable.
const EVENT_MEMBERS: [(&str, &str); 8] = [
    ("id", "id"),
    ("account", "account"),
    ("detail-type", "detailType"),
    ("time", "time"),
    ("source", "source"),
    ("region", "region"),
    ("resources", "resources"),
    ("version", "version"),
];

/// Where the value of a placeholder comes from.
#[derive(Clone, Debug)]
pub(super) enum Source {
    Path(PathId),
    RuleArn,
    RuleName,
    /// The path is that of the event's own time, for want of another.
    IngestionTime(PathId),
    /// The members of the event without its detail, by the names that they are given.
    EventWithoutDetail(Vec<(&'static str, PathId)>),
    WholeEvent,
}

impl Source {
    /// Say whether the value is an object, which cannot stand in quotes.
    pub fn is_object(&self) -> bool {
        matches!(self, Self::EventWithoutDetail(_) | Self::WholeEvent)
    }
}

/// The paths map of a transformer, and the paths that reserved variables need beside it.
#[derive(Debug, Default)]
pub(crate) struct Variables {
    names: Vec<(String, PathId)>,
    paths: Paths,
}

impl Variables {
    /// Let a name stand for a path.
    pub fn insert(&mut self, name: &str, steps: &[Step]) {
        let path = self.paths.insert(steps);
        self.names.push((name.to_owned(), path));
    }

    /// Return what a placeholder stands for.
    pub(super) fn source(&mut self, name: &str) -> Option<Source> {
        match name {
            "aws.events.rule-arn" => Some(Source::RuleArn),
            "aws.events.rule-name" => Some(Source::RuleName),
            "aws.events.event.ingestion-time" => Some(Source::IngestionTime(self.member("time"))),
            "aws.events.event" => Some(Source::EventWithoutDetail(
                EVENT_MEMBERS.map(|(member, name)| (name, self.member(member))).into(),
            )),
            "aws.events.event.json" => Some(Source::WholeEvent),
            _ => {
                let (_, path) = self.names.iter().find(|(own, _)| own == name)?;
                Some(Source::Path(*path))
            }
        }
    }

    /// Return the names of the map, for messages.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|(name, _)| name.as_str())
    }

    /// Return the paths of all sources.
    pub(super) fn into_paths(self) -> Paths {
        self.paths
    }

    fn member(&mut self, name: &str) -> PathId {
        self.paths.insert(&[Step::Member(name.into())])
    }
}
