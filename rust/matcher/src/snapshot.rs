//! A rule set as it was at one moment, and matching events against it.

use smallvec::SmallVec;

use crate::conjunction::Conjunction;
use crate::error::{EventError, EventErrorKind};
use crate::fields::Required;
use crate::hash::Seed;
use crate::index::{Bucket, Buffers};
use crate::paths::{PathId, Paths};
use crate::rule::Rule;
use crate::scan::{self, Care, Members};
use crate::scratch::{GROUP, Reading, Room, Scratch};
use crate::simd::prefetch;
use crate::values::{Facts, Values};

const CACHE_LINE: usize = 64;

/// So many lines of an event are fetched; the processor sees by itself that those behind follow.
const FETCHED_LINES: usize = 6;

/// Up to so many rules are in the cache while events are matched.
const CACHED_RULES: usize = 1_000;

/// The rules of a [`Matcher`](crate::Matcher) at one moment; never changes.
#[derive(Debug)]
pub struct Snapshot<T> {
    pub(crate) seed: Seed,
    pub(crate) paths: Paths,
    pub(crate) required: Required,
    pub(crate) conjunctions: Bucket<T>,
    pub(crate) rules: usize,
}

impl<T: 'static> Snapshot<T> {
    /// Return the number of rules.
    pub fn len(&self) -> usize {
        self.rules
    }

    /// Say whether there is no rule.
    pub fn is_empty(&self) -> bool {
        self.rules == 0
    }

    /// Put the rules that match `event` in `found`, in the order in which they were added.
    ///
    /// # Errors
    ///
    /// The event is not one JSON object in UTF-8, or lacks what is required. That does not depend
    /// on the rules; one thing does: whether a path that it spells in many ways is too ambiguous.
    ///
    /// ```
    /// use rulebus_matcher::{Dialect, Matcher, Pattern, Scratch};
    ///
    /// let matcher = Matcher::new();
    /// let pattern = Pattern::parse(br#"{"source": ["log.addProduct"]}"#, Dialect::Aws).unwrap();
    /// matcher.add("log", &pattern, 17);
    ///
    /// let (mut scratch, mut found) = (Scratch::default(), Vec::new());
    /// let snapshot = matcher.snapshot();
    /// snapshot.matches(br#"{"source": "log.addProduct"}"#, &mut scratch, &mut found).unwrap();
    /// assert_eq!(17, *found[0].value());
    /// ```
    pub fn matches<'s>(
        &'s self,
        event: &[u8],
        scratch: &mut Scratch<T>,
        found: &mut Vec<&'s Rule<T>>,
    ) -> Result<(), EventError> {
        found.clear();
        let Scratch { care, members, buffers, order, join, rooms } = scratch;
        let Room { values, keys, candidates: room } = &mut rooms[0];
        let facts = self.read(event, *care, members, values)?;
        let mut candidates = room.lend();
        let mut reading = Reading { facts, keys, candidates: &mut candidates };
        self.start(&mut reading, buffers);
        self.find(&mut reading, buffers);
        let decided = reading.decide(order, join, found);
        room.put_back(candidates);
        decided
    }

    /// Match several events, and call `answer` with the rules that match each, in their order.
    ///
    /// With many rules this is faster than one after the other: what one event needs is brought
    /// into the cache while the others are worked on. It ends with the first error that `answer`
    /// returns.
    ///
    /// # Errors
    ///
    /// `answer` is given an error for every event that `matches` refuses, and what it returns for
    /// that is returned.
    ///
    /// ```
    /// use rulebus_matcher::{Dialect, EventError, Matcher, Pattern, Scratch};
    ///
    /// let matcher = Matcher::new();
    /// let pattern = Pattern::parse(br#"{"source": ["log.addProduct"]}"#, Dialect::Aws).unwrap();
    /// matcher.add("log", &pattern, ());
    ///
    /// let events = [br#"{"source": "log.addProduct"}"#.as_slice(), br#"{"source": "other"}"#];
    /// let mut counts = Vec::new();
    /// matcher.snapshot().match_each(&events, &mut Scratch::default(), |found| {
    ///     counts.push(found?.len());
    ///     Ok::<(), EventError>(())
    /// })?;
    /// assert_eq!(vec![1, 0], counts);
    /// # Ok::<(), EventError>(())
    /// ```
    pub fn match_each<'s, E>(
        &'s self,
        events: &[&[u8]],
        scratch: &mut Scratch<T>,
        mut answer: impl FnMut(Result<&[&'s Rule<T>], EventError>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut found = Vec::new();
        let mut lent = scratch.rooms.each_mut().map(|room| room.candidates.lend());
        let done = events.chunks(GROUP).enumerate().try_for_each(|(place, group)| {
            for event in events.iter().skip((place + 1) * GROUP).take(GROUP) {
                event.chunks(CACHE_LINE).take(FETCHED_LINES).for_each(|line| prefetch(line));
            }
            self.match_group(group, scratch, &mut lent, &mut found, &mut answer)
        });
        for (room, lent) in scratch.rooms.iter_mut().zip(lent) {
            room.candidates.put_back(lent);
        }
        done
    }

    /// Match up to [`GROUP`] events.
    fn match_group<'s, E>(
        &'s self,
        group: &[&[u8]],
        scratch: &mut Scratch<T>,
        lent: &mut [Vec<Conjunction<'s, T>>; GROUP],
        found: &mut Vec<&'s Rule<T>>,
        answer: &mut impl FnMut(Result<&[&'s Rule<T>], EventError>) -> Result<(), E>,
    ) -> Result<(), E> {
        let Scratch { care, members, buffers, order, join, rooms } = scratch;
        let mut readings = SmallVec::<[_; GROUP]>::new();
        for ((event, Room { values, keys, .. }), candidates) in group.iter().zip(rooms).zip(lent) {
            readings.push(self.read(event, *care, members, values).map(|facts| {
                candidates.clear();
                let mut reading = Reading { facts, keys, candidates };
                self.start(&mut reading, buffers);
                reading
            }));
        }
        if self.rules > CACHED_RULES {
            self.find_far(&mut readings, buffers);
        } else if self.conjunctions.is_split() {
            readings.iter_mut().flatten().for_each(|reading| self.find(reading, buffers));
        }
        for reading in readings {
            let decided = reading.and_then(|reading| reading.decide(order, join, found));
            answer(decided.map(|()| found.as_slice()))?;
        }
        Ok(())
    }

    /// Finish the searches for several events, and bring what they found into the cache.
    fn find_far<'s>(
        &'s self,
        readings: &mut [Result<Reading<'s, '_, T>, EventError>],
        buffers: &mut Buffers,
    ) {
        for reading in readings.iter().flatten() {
            self.conjunctions.prefetch(reading.keys.iter().map(|key| key.hash));
        }
        for reading in readings.iter_mut().flatten() {
            self.find(reading, buffers);
            reading.first_candidates().for_each(Conjunction::prefetch);
        }
        for reading in readings.iter().flatten() {
            reading.first_candidates().for_each(Conjunction::prefetch_conditions);
        }
    }

    /// Begin to search the rules that an event may match.
    #[inline]
    fn start<'s>(&'s self, reading: &mut Reading<'s, '_, T>, buffers: &mut Buffers) {
        reading.keys.clear();
        self.conjunctions.start(&mut reading.search(&self.seed, buffers));
    }

    /// Finish the search that was begun.
    fn find<'s>(&'s self, reading: &mut Reading<'s, '_, T>, buffers: &mut Buffers) {
        buffers.clear();
        self.conjunctions.finish(&mut reading.search(&self.seed, buffers));
    }

    /// Scan an event for the values that rules ask for.
    pub(crate) fn read<'f>(
        &self,
        event: &'f [u8],
        care: Care,
        members: &mut Members,
        values: &'f mut Values,
    ) -> Result<Facts<'f>, EventError> {
        scan::scan(event, care, 0, &self.paths, &self.seed, members, values)?;
        let lacks = |path: &PathId| values.at(*path).next().is_none();
        if care == Care::Whole && self.required.iter().any(lacks) {
            return Err(EventError { kind: EventErrorKind::MissingMember, offset: event.len() });
        }
        Ok(Facts { event, values })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Dialect, Matcher, Pattern};

    const RULES: u32 = 600;

    /// Rules of four sources, each of which asks for an id of its own.
    fn rules() -> impl Iterator<Item = (String, Pattern, ())> {
        (0..RULES).map(|number| {
            let text = format!(r#"{{"source":["s{}"],"id":["{number}"]}}"#, number % 4);
            let pattern = Pattern::parse(text.as_bytes(), Dialect::Aws).expect("a valid pattern");
            (number.to_string(), pattern, ())
        })
    }

    /// Return how many conjunctions an event has to look at.
    fn candidates(matcher: &Matcher, event: &[u8]) -> usize {
        let (snapshot, mut scratch) = (matcher.snapshot(), Scratch::<()>::default());
        let Scratch { members, buffers, rooms, .. } = &mut scratch;
        let Room { values, keys, .. } = &mut rooms[0];
        let facts = snapshot.read(event, Care::Whole, members, values).expect("a good event");
        let mut reading = Reading { facts, keys, candidates: &mut Vec::new() };
        snapshot.start(&mut reading, buffers);
        snapshot.find(&mut reading, buffers);
        reading.candidates.len()
    }

    /// The first rules are not filed by what all rules share, whether they come together or not.
    #[test]
    fn events_look_at_the_rules_of_their_ids() {
        let (together, one_by_one) = (Matcher::new(), Matcher::new());
        together.add_many(rules());
        for (name, pattern, value) in rules() {
            one_by_one.add(&name, &pattern, value);
        }
        let event = br#"{"source":"s1","id":"597"}"#;
        assert_eq!((1, 1), (candidates(&together, event), candidates(&one_by_one, event)));
    }

    /// Very many rules are reported in the order in which they were added, and each once.
    #[test]
    fn many_matches_come_in_order() {
        let texts = [
            r#"{"none":[{"exists":false}]}"#,
            r#"{"x":[{"anything-but":["y"]}]}"#,
            r#"{"$or":[{"x":["v"]},{"none":[{"exists":false}]}]}"#,
        ];
        let patterns =
            texts.map(|text| Pattern::parse(text.as_bytes(), Dialect::Aws).expect("a pattern"));
        let matcher = Matcher::new();
        let rules = (0..2_000).zip(patterns.iter().cycle());
        matcher.add_many(rules.map(|(number, pattern)| (number.to_string(), pattern.clone(), ())));
        let names: Vec<String> = (0..2_000).map(|number: u32| number.to_string()).collect();
        assert_eq!(Ok(names), matcher.matching(br#"{"x":"v"}"#));
    }
}
