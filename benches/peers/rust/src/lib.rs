//! The protocol that every adapter speaks; `benches/peers/README.md` describes it.

use std::fs::{read, read_to_string};
use std::io::stdin;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

/// Adding and removing happens with this many rules in between.
const CHANGES_AT_ONCE: usize = 64;
const CLOCK_INTERVAL: Duration = Duration::from_micros(100);

#[derive(Deserialize)]
pub struct Rule {
    pub name: String,
    pub pattern: Box<RawValue>,
}

/// Appends the number of matching rules for each event.
pub trait Counter: FnMut(&[&[u8]], &mut Vec<usize>) {}

impl<F: FnMut(&[&[u8]], &mut Vec<usize>)> Counter for F {}

/// A matcher to measure; an error is a sentence that says what it cannot do.
pub trait Engine: Sized + Sync {
    /// Adds all rules, then adds and removes the removed ones.
    fn load(rules: &[Rule], removed: &[Rule]) -> Result<Self, String>;
    /// Returns a function that counts for each event the rules that match it.
    fn counter(&self) -> impl Counter;
    /// Adds a rule while another thread matches.
    fn add(&self, _: &Rule) -> Result<(), String> {
        Err("it cannot change while it matches".into())
    }
    /// Removes a rule while another thread matches.
    fn remove(&self, _: &Rule) {}
}

/// Speaks the protocol for an engine.
pub fn serve<E: Engine>() {
    let arguments: Vec<String> = std::env::args().collect();
    // What an adapter is told in the catalogue stands before the three.
    let [_, .., directory, check, pass] = arguments.as_slice() else {
        panic!("usage: {} DIRECTORY CHECK_SECONDS PASS_SECONDS", arguments[0])
    };
    let seconds = |text: &str| Duration::from_secs_f64(text.parse().expect("seconds"));
    let rules = |file| rules(&Path::new(directory).join(file));
    let (kept, removed, changes) =
        (rules("rules.jsonl"), rules("removed.jsonl"), rules("changes.jsonl"));
    let text = read(Path::new(directory).join("events.jsonl")).expect("events");
    let mut events: Vec<&[u8]> = text.trim_ascii_end().split(|&byte| byte == b'\n').collect();

    let (before, start) = (allocated_bytes(), Instant::now());
    let engine = match E::load(&kept, &removed) {
        Ok(engine) => engine,
        Err(reason) => return println!("{}", json!({ "skip": reason })),
    };
    let load = start.elapsed().as_secs_f64();
    let memory = allocated_bytes().saturating_sub(before);
    let mut count = engine.counter();
    let start = Instant::now();
    let mut counts = Vec::new();
    for event in &events {
        count(&[event], &mut counts);
        if start.elapsed() > seconds(check) {
            break;
        }
    }
    events.truncate(counts.len());
    println!("{}", json!({ "load_seconds": load, "memory_bytes": memory, "counts": counts }));

    for command in stdin().lines().map(|line| line.expect("a command")) {
        let rate = command.strip_prefix("churn ").map(|rate| rate.parse().expect("a rate"));
        let mut pass = || timed(&mut count, &events, seconds(pass));
        // The passes of the others have emptied the caches.
        pass();
        let result = match rate {
            None => pass(),
            Some(rate) => churned(&engine, &changes, rate, pass),
        };
        println!("{result}");
    }
}

fn rules(path: &Path) -> Vec<Rule> {
    let text = read_to_string(path).expect("rules");
    text.lines().map(|line| serde_json::from_str(line).expect("a rule")).collect()
}

/// Matches the events over and over until the time is up.
fn timed(count: &mut impl Counter, events: &[&[u8]], limit: Duration) -> serde_json::Value {
    let (mut done, mut chunk, mut at) = (0, 1, 0);
    let mut counts = Vec::new();
    let start = Instant::now();
    let mut elapsed = Duration::ZERO;
    while elapsed < limit {
        counts.clear();
        let end = events.len().min(at + chunk);
        count(&events[at..end], &mut counts);
        done += counts.len();
        at = if end == events.len() { 0 } else { end };
        let now = start.elapsed();
        // The clock is read often enough to end in time, and seldom enough to cost nothing.
        if now.saturating_sub(elapsed) < CLOCK_INTERVAL {
            chunk = events.len().min(chunk * 2);
        }
        elapsed = now;
    }
    json!({ "events": done, "seconds": elapsed.as_secs_f64() })
}

/// Runs a pass while another thread adds and removes rules, `rate` changes a second.
fn churned<E: Engine>(
    engine: &E,
    changes: &[Rule],
    rate: u32,
    pass: impl FnOnce() -> serde_json::Value,
) -> serde_json::Value {
    let over = AtomicBool::new(false);
    scope(|threads| {
        let writer = threads.spawn(|| {
            let (mut times, start) = (Vec::new(), Instant::now());
            for number in 0_u32.. {
                let due = start + Duration::from_secs(1) / rate * number;
                sleep(due.saturating_duration_since(Instant::now()));
                if over.load(Ordering::Relaxed) {
                    break;
                }
                let before = Instant::now();
                let at = number as usize / 2;
                if number.is_multiple_of(2) {
                    engine.add(&changes[at % changes.len()])?;
                } else if let Some(old) = at.checked_sub(CHANGES_AT_ONCE) {
                    engine.remove(&changes[old % changes.len()]);
                }
                times.push(before.elapsed().as_secs_f64());
            }
            Ok::<_, String>(times)
        });
        let mut result = pass();
        over.store(true, Ordering::Relaxed);
        match writer.join().expect("the writer ends") {
            Ok(times) => result["change_seconds"] = json!(times),
            Err(reason) => result = json!({ "skip": reason }),
        }
        result
    })
}

/// Returns the bytes that are allocated, or 0 where the allocator does not say.
fn allocated_bytes() -> usize {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        // SAFETY: the function takes nothing and returns plain numbers.
        let blocks = unsafe { libc::mallinfo2() };
        blocks.uordblks + blocks.hblkhd
    }
    #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
    0
}
