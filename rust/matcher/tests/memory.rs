//! What rules cost in memory, and what a match costs in allocations.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rulebus_matcher::{Dialect, Matcher, Pattern, Scratch};

/// The system's allocator with counts.
struct Counting;

/// Of all threads, since two of them load many rules.
static LIVE_BYTES: AtomicI64 = AtomicI64::new(0);

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

#[allow(clippy::cast_possible_wrap, reason = "a layout is never larger than `isize::MAX`")]
fn size_of(layout: Layout) -> i64 {
    layout.size() as i64
}

// SAFETY: every call goes to the system's allocator unchanged. The counters are an atomic
// number and a thread-local cell with a constant initial value and without a destructor, so that
// reaching them neither allocates nor fails.
#[allow(unsafe_code, reason = "a global allocator cannot be written without")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        LIVE_BYTES.fetch_add(size_of(layout), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE_BYTES.fetch_sub(size_of(layout), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn live_bytes() -> i64 {
    LIVE_BYTES.load(Ordering::Relaxed)
}

/// Keep the other tests from allocating, while this one counts.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

const RULES: usize = 100_000;
const MEGABYTE: i64 = 1_000_000;

fn name_of(rule: usize) -> String {
    format!("rule-{rule}")
}

fn rule(number: usize) -> (String, Pattern, ()) {
    let text = format!(
        r#"{{"source":["log.{}"],"detail-type":["type-{}"],"detail":{{"id":["{number}"]}}}}"#,
        number % 100,
        number % 1_000,
    );
    let pattern = Pattern::parse(text.as_bytes(), Dialect::Aws).expect("a valid pattern");
    (name_of(number), pattern, ())
}

fn event(rule: usize) -> Vec<u8> {
    format!(
        r#"{{"id":"7f","source":"log.{}","detail-type":"type-{}","detail":{{"id":"{rule}"}}}}"#,
        rule % 100,
        rule % 1_000,
    )
    .into_bytes()
}

/// 100,000 rules of three fields, one of them all their own, take less than 30 MB.
#[test]
fn many_rules_are_small() {
    let _turn = alone();
    let before = live_bytes();
    let matcher = Matcher::new();
    matcher.add_many((0..RULES).map(rule));
    let taken = live_bytes() - before;
    assert_eq!(RULES, matcher.len());
    assert!(taken < 30 * MEGABYTE, "{taken} bytes for {RULES} rules");
}

/// Rules that are removed one by one leave next to nothing behind.
#[test]
fn removed_rules_give_their_memory_back() {
    let _turn = alone();
    let matcher = Matcher::new();
    matcher.add_many([rule(RULES)]);
    matcher.remove(&name_of(RULES));
    let before = live_bytes();
    matcher.add_many((0..RULES).map(rule));
    let taken = live_bytes() - before;
    for number in 0..RULES {
        assert!(matcher.remove(&name_of(number)).is_some());
    }
    let left = live_bytes() - before;
    assert!(left < taken / 100, "{left} of {taken} bytes are left");
}

/// A rule that is replaced again and again takes the memory of one rule.
#[test]
fn replaced_rules_give_their_memory_back() {
    let _turn = alone();
    let matcher = Matcher::new();
    let replace = |number| {
        let (_, pattern, value) = rule(number);
        matcher.add("replaced", &pattern, value);
    };
    (0..100).for_each(replace);
    let before = live_bytes();
    (100..10_000).for_each(replace);
    let left = live_bytes() - before;
    assert!(left < 10_000, "{left} bytes more after 9,900 replacements");
}

/// Once its buffers have grown, matching a flat event allocates nothing.
#[test]
fn matching_allocates_nothing_once_warm() {
    let _turn = alone();
    let matcher = Matcher::new();
    matcher.add_many((0..1_000).map(rule));
    let events: Vec<Vec<u8>> = (0..2_000).map(event).collect();
    let mut scratch = Scratch::default();
    let mut match_all = || {
        let mut hits = 0;
        let snapshot = matcher.snapshot();
        let mut found = Vec::with_capacity(8);
        let before = ALLOCATIONS.get();
        for event in &events {
            snapshot.matches(event, &mut scratch, &mut found).expect("a good event");
            hits += found.len();
        }
        (hits, ALLOCATIONS.get() - before)
    };
    match_all();
    assert_eq!((1_000, 0), match_all());
}
