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

/// How far above its baseline a count may be.
///
/// The seed of the hash tables differs from process to process, which moves a count by less than
/// half a percent.
const TOLERANCE_PERCENT: u64 = 2;

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
    let counts = CASES.iter().map(|case| (case.name.to_owned(), count(case)));
    Baseline::of_this_compiler(counts.collect()).write();
    println!("the baseline is written");
    ExitCode::SUCCESS
}

fn check() -> ExitCode {
    let baseline = Baseline::read();
    let mut failed = false;
    for case in &CASES {
        let count = count(case);
        let Some(expected) = baseline.count(case.name) else {
            println!("{:<22} {count:>11} instructions, and no baseline", case.name);
            failed = true;
            continue;
        };
        let is_above = count * 100 > expected * (100 + TOLERANCE_PERCENT);
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

/// Count a case in a process of its own, and divide by its units.
fn count(case: &Case) -> u64 {
    callgrind::count(case.name) / case.units
}

/// Do the work whose instructions are counted; callgrind knows this function by its name.
#[inline(never)]
fn counted(work: &mut dyn FnMut()) {
    work();
}
