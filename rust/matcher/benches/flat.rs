//! Checks that the time to match does not follow the number of rules.
//!
//! Passes over the sizes take turns, so that a busy machine slows all of them alike, and the
//! medians are compared.

#![expect(clippy::print_stdout, reason = "a check reports what it measured")]

mod rules;
mod spread;

use std::hint::black_box;
use std::time::{Duration, Instant};

use spread::Spread;

const SIZES: [usize; 3] = [10, 1_000, 100_000];
const EVENTS: usize = 256;
const PASSES: usize = 201;
const LIMIT: f64 = 3.0;

fn main() {
    let spreads = SIZES.map(|rules| Spread::new(rules, EVENTS));
    let mut times = SIZES.map(|_| Vec::with_capacity(PASSES));
    for _ in 0..PASSES {
        for (spread, times) in spreads.iter().zip(&mut times) {
            let start = Instant::now();
            spread.pass(|found| _ = black_box(found));
            times.push(start.elapsed());
        }
    }
    let medians = times.map(median);
    for (rules, median) in SIZES.iter().zip(&medians) {
        let nanoseconds = median.as_nanos() / EVENTS as u128;
        println!("{rules:>7} rules: {nanoseconds} ns an event");
    }
    let slowest = medians.iter().max().expect("three sizes").as_secs_f64();
    let fastest = medians.iter().min().expect("three sizes").as_secs_f64();
    let ratio = slowest / fastest;
    assert!(ratio < LIMIT, "the slowest takes {ratio:.2} times as long as the fastest");
    println!(
        "the slowest takes {ratio:.2} times as long as the fastest, less than {LIMIT} is asked"
    );
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
