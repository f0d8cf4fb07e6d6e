//! The counts that are expected, in a file that is kept with the code.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::process::Command;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/instructions/baseline.txt");

/// Counts by case, and the compiler that they are true for.
pub struct Baseline {
    pub compiler: String,
    counts: BTreeMap<String, u64>,
}

impl Baseline {
    /// Make a baseline of counts from this machine.
    pub fn of_this_compiler(counts: BTreeMap<String, u64>) -> Self {
        Self { compiler: compiler(), counts }
    }

    /// Read the file: the compiler in the first line, then a case and its count in each.
    pub fn read() -> Self {
        let text = fs::read_to_string(FILE).expect("the baseline");
        let mut lines = text.lines();
        let compiler = lines.next().expect("a line that names the compiler").to_owned();
        let count = |line: &str| {
            let (name, count) = line.split_once(' ').expect("a case and its count");
            (name.to_owned(), count.trim().parse().expect("a count"))
        };
        Self { compiler, counts: lines.map(count).collect() }
    }

    /// Write the file.
    pub fn write(&self) {
        let mut text = format!("{}\n", self.compiler);
        for (name, count) in &self.counts {
            writeln!(text, "{name:<22} {count:>11}").expect("writing to a string cannot fail");
        }
        fs::write(FILE, text).expect("the baseline can be written");
    }

    /// Return the count of a case.
    pub fn count(&self, case: &str) -> Option<u64> {
        self.counts.get(case).copied()
    }
}

/// Return the name and version of the compiler in the path.
pub fn compiler() -> String {
    let output = Command::new("rustc").arg("--version").output().expect("rustc");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
