//! Shares of events that several threads match, and what is found for them in order.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rulebus_matcher::{Care, Snapshot};

use crate::name::Name;
use crate::share::{Matched, Share};

/// Shares that wait for a thread.
///
/// Every thread takes the next when it is done with one, so none waits for another that starts
/// late or has the longer events.
pub struct Offers<'s, S> {
    rules: &'s Snapshot<Name>,
    care: Care,
    waiting: Mutex<Waiting<S>>,
    has_changed: Condvar,
}

struct Waiting<S> {
    shares: VecDeque<(usize, S)>,
    is_over: bool,
}

/// What is found for a share, by the number of the share; `None` if matching panicked.
type Answer<'s, S> = (usize, Option<Matched<'s, S>>);

impl<'s, S: Share> Offers<'s, S> {
    pub fn new(rules: &'s Snapshot<Name>, care: Care) -> Self {
        let waiting = Mutex::new(Waiting { shares: VecDeque::new(), is_over: false });
        Self { rules, care, waiting, has_changed: Condvar::new() }
    }

    /// Match shares until this is over.
    pub fn work(&self, answers: &Sender<Answer<'s, S>>) {
        while let Some((number, share)) = self.take() {
            let matched = || Matched::of(share, self.rules, self.care);
            // An answer that never came would be waited for.
            let matched = catch_unwind(AssertUnwindSafe(matched)).ok();
            if answers.send((number, matched)).is_err() {
                break;
            }
        }
    }

    /// Let no more shares be waited for or taken.
    pub fn end(&self) {
        self.lock().is_over = true;
        self.has_changed.notify_all();
    }

    fn offer(&self, number: usize, share: S) {
        self.lock().shares.push_back((number, share));
        self.has_changed.notify_one();
    }

    fn take(&self) -> Option<(usize, S)> {
        let is_idle = |waiting: &mut Waiting<S>| waiting.shares.is_empty() && !waiting.is_over;
        let waiting = self.has_changed.wait_while(self.lock(), is_idle);
        let mut waiting = waiting.unwrap_or_else(PoisonError::into_inner);
        if waiting.is_over { None } else { waiting.shares.pop_front() }
    }

    fn match_one(&self) -> Option<Answer<'s, S>> {
        let (number, share) = self.lock().shares.pop_front()?;
        Some((number, Some(Matched::of(share, self.rules, self.care))))
    }

    fn lock(&self) -> MutexGuard<'_, Waiting<S>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The answers to offers, in the order in which those were made.
pub struct Answers<'o, 's, S> {
    offers: &'o Offers<'s, S>,
    sender: Sender<Answer<'s, S>>,
    receiver: Receiver<Answer<'s, S>>,
    /// Those that are still to be handed out, from the number `first` on.
    pending: VecDeque<Option<Matched<'s, S>>>,
    first: usize,
}

impl<'o, 's, S: Share> Answers<'o, 's, S> {
    pub fn to(offers: &'o Offers<'s, S>) -> Self {
        let (sender, receiver) = channel();
        Self { offers, sender, receiver, pending: VecDeque::new(), first: 0 }
    }

    /// Return where threads send their answers.
    pub fn sender(&self) -> Sender<Answer<'s, S>> {
        self.sender.clone()
    }

    /// Return how many are still to be handed out.
    pub fn pending(&self) -> usize {
        self.pending.len()
    }

    /// Offer one more share.
    pub fn ask(&mut self, share: S) {
        self.offers.offer(self.first + self.pending.len(), share);
        self.pending.push_back(None);
    }

    /// Hand out the next answer, and match shares that wait until it is there.
    pub fn next(&mut self) -> Option<Matched<'s, S>> {
        while self.pending.front()?.is_none() {
            let answer = self.receiver.try_recv().ok();
            let answer = answer.or_else(|| self.offers.match_one());
            let answer = answer.or_else(|| self.receiver.recv().ok());
            let (number, matched) = answer.expect("a sender is kept");
            self.pending[number - self.first] = Some(matched.expect("matching does not panic"));
        }
        self.first += 1;
        self.pending.pop_front()?
    }
}
