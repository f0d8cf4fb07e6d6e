//! Guards the number of instructions that matching and changing rules take.
//!
//! Wall time depends on what else a machine does; counts of instructions hardly do. Each case
//! runs in a process of its own under Valgrind, and its count is held against `baseline.txt`.
//! `cargo bench --bench instructions -- --renew` writes the baseline anew.

#![expect(clippy::print_stdout, reason = "a check reports what it counted")]

mod baseline;
mod callgrind;
mod cases;
#[path = "../rules/mod.rs"]
mod rules;
#[path = "../spread/mod.rs"]
mod spread;

use std::env;
use std::process::ExitCode;

use baseline::Baseline;
use cases::{CASES, Case};

/// How far above its baseline the least of several counts may be.
const TOLERANCE_PERCENT: u64 = 2;

/// In how many processes a case is counted before its count is too high.
///
/// The seed of the hash tables differs from process to process. It moves a count by half a percent
/// as a rule, and by up to 3.5 percent in one process of ten.
const PROCESSES: u32 = 5;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [flag, name] = arguments.as_slice()
        && flag == "--case"
    {
        let case = CASES.iter().find(|case| case.name == name).expect("the name of a case");
        (case.run)();
        return ExitCode::SUCCESS;
    }
    match callgrind::obstacle() {
        Some(obstacle) => {
            println!("NOT CHECKED: the counts of instructions, since {obstacle}");
            ExitCode::SUCCESS
        }
        None if arguments.iter().any(|argument| argument == "--renew") => renew(),
        None => check(),
    }
}

fn renew() -> ExitCode {
    let counts = CASES.iter().map(|case| (case.name.to_owned(), least(case, 0)));
    Baseline::of_this_compiler(counts.collect()).write();
    println!("the baseline is written");
    ExitCode::SUCCESS
}

fn check() -> ExitCode {
    let baseline = Baseline::read();
    let mut failed = false;
    for case in &CASES {
        let Some(expected) = baseline.count(case.name) else {
            println!("{:<22} has no baseline", case.name);
            failed = true;
            continue;
        };
        let most = expected * (100 + TOLERANCE_PERCENT) / 100;
        let count = least(case, most);
        let is_above = count > most;
        let is_below = count * (100 + TOLERANCE_PERCENT) < expected * 100;
        let verdict = match (is_above, is_below) {
            (true, _) => "TOO MANY",
            (_, true) => "fewer: renew the baseline to keep the gain",
            _ => "as expected",
        };
        println!(
            "{:<22} {count:>11} instructions {}, baseline {expected:>11}: {verdict}",
            case.name, case.unit
        );
        failed |= is_above;
    }
    if !failed {
        return ExitCode::SUCCESS;
    }
    println!(
        "a count is more than {TOLERANCE_PERCENT} percent above its baseline or has none (the \
         baseline is of {}, this is {}); if that is meant, run: make instructions-baseline",
        baseline.compiler,
        baseline::compiler()
    );
    ExitCode::FAILURE
}

/// Count a case, process by process, until a count is at most `enough`, and return the least.
fn least(case: &Case, enough: u64) -> u64 {
    let mut least = u64::MAX;
    for _ in 0..PROCESSES {
        least = least.min(callgrind::count(case.name) / case.units);
        if least <= enough {
            break;
        }
    }
    least
}

/// Do the work whose instructions are counted; callgrind knows this function by its name.
#[inline(never)]
fn counted(work: &mut dyn FnMut()) {
    work();
}
