//! Two threads for one load: items are made in this one and taken in by another.

use std::iter::{from_fn, once};
use std::panic::resume_unwind;
use std::sync::mpsc::{channel, sync_channel};
use std::thread::{Builder, scope};

/// So many batches may wait, so that neither thread waits for the other at every one.
const WAITING: usize = 4;

/// Give all items to `take_in`, in batches of `size` and a shorter one at the end.
///
/// If the first batch is full, a second thread calls it, which has ended when this returns. A
/// panic of either thread ends both and is passed on. What `take_in` returns is dropped by this
/// thread: memory that one thread takes and another one gives back has both wait for the
/// allocator.
pub(super) fn in_batches<I: Send, L: Send>(
    items: impl Iterator<Item = I>,
    size: usize,
    mut take_in: impl FnMut(Vec<I>) -> L + Send,
) {
    let mut items = items.fuse();
    let mut batches = from_fn(|| {
        let batch: Vec<_> = items.by_ref().take(size).collect();
        (!batch.is_empty()).then_some(batch)
    });
    let mut left = batches.next();
    if let Some(first) = left.take_if(|first| first.len() == size) {
        left = beside(first, &mut batches, &mut take_in);
    }
    for batch in left.into_iter().chain(batches) {
        take_in(batch);
    }
}

/// Have a second thread take batches in; return the first if the system has no thread to give.
fn beside<I: Send, L: Send>(
    first: Vec<I>,
    rest: &mut impl Iterator<Item = Vec<I>>,
    take_in: &mut (impl FnMut(Vec<I>) -> L + Send),
) -> Option<Vec<I>> {
    scope(|scope| {
        let (sender, batches) = sync_channel(WAITING);
        let (returner, leftovers) = channel();
        // Either is refused where the other thread has panicked.
        let take_all =
            move || batches.into_iter().map(take_in).try_for_each(|left| returner.send(left));
        let Ok(taker) = Builder::new().spawn_scoped(scope, take_all) else { return Some(first) };
        let _ = once(first).chain(rest).try_for_each(|batch| {
            leftovers.try_iter().for_each(drop);
            sender.send(batch)
        });
        drop(sender);
        leftovers.into_iter().for_each(drop);
        let _ = taker.join().unwrap_or_else(|panic| resume_unwind(panic));
        None
    })
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    fn taken_in(items: impl Iterator<Item = u32>) -> Vec<Vec<u32>> {
        let mut batches = Vec::new();
        in_batches(items, 10, |batch| batches.push(batch));
        batches
    }

    /// All items come in their order, whether they fill batches or not.
    #[test]
    fn all_items_come_in_order() {
        for count in [0, 1, 9, 10, 11, 20, 995] {
            assert_eq!((0..count).collect::<Vec<_>>(), taken_in(0..count).concat());
        }
    }

    /// Nothing is asked of an iterator that has ended, which might go on.
    #[test]
    fn the_first_end_is_the_end() {
        let mut next = 0;
        let pausing = std::iter::from_fn(|| {
            next += 1;
            (next != 16).then_some(next)
        });
        assert_eq!((1..16).collect::<Vec<_>>(), taken_in(pausing).concat());
    }

    /// A panic of either side comes out as it is, and leaves no thread behind.
    #[test]
    fn panics_are_passed_on() {
        let making = |number| if number == 500 { panic!("made") } else { number };
        let load = |limit: u32| {
            let taking = move |batch: Vec<u32>| assert!(batch[0] < limit, "taken");
            in_batches((0..1_000).map(making), 10, taking);
        };
        for (limit, message) in [(1_000, "made"), (300, "taken"), (0, "taken")] {
            let panic = catch_unwind(AssertUnwindSafe(|| load(limit))).expect_err(message);
            assert_eq!(Some(&message), panic.downcast_ref::<&str>());
        }
    }
}
