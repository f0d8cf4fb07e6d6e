//! Counts instructions with Valgrind's callgrind.
//!
//! Valgrind shows a program one and the same processor, Intel's Haswell with AVX2, wherever the
//! processor below has AVX2, whatever else that can do. So code that is chosen at run time is
//! chosen alike on all such machines, and never runs its AVX-512 branch here.

use std::process::{Command, Stdio};
use std::{env, fs, process};

/// The function inside of which instructions are counted.
const COUNTED: &str = "*instructions::counted*";

/// Return why nothing can be counted here, if so.
pub fn obstacle() -> Option<&'static str> {
    if !has_avx2() {
        return Some("this processor has no AVX2, for which the baseline is made");
    }
    let version = Command::new("valgrind").arg("--version").stdout(Stdio::null()).status();
    (!version.is_ok_and(|status| status.success()))
        .then_some("valgrind is not installed (a package of the system: apt-get install valgrind)")
}

#[cfg(target_arch = "x86_64")]
fn has_avx2() -> bool {
    std::arch::is_x86_feature_detected!("avx2")
}

#[cfg(not(target_arch = "x86_64"))]
fn has_avx2() -> bool {
    false
}

/// Run a case in a process of its own, and return the instructions of what it counts.
pub fn count(case: &str) -> u64 {
    let file = env::temp_dir().join(format!("rulebus-instructions-{}", process::id()));
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--collect-atstart=no"])
        .arg(format!("--toggle-collect={COUNTED}"))
        .arg(format!("--callgrind-out-file={}", file.display()))
        .arg(env::current_exe().expect("the path of this program"))
        .args(["--case", case])
        .output()
        .expect("valgrind starts");
    assert!(output.status.success(), "{case}: {}", String::from_utf8_lossy(&output.stderr));
    let text = fs::read_to_string(&file).expect("the output of callgrind");
    fs::remove_file(&file).expect("the output of callgrind can be removed");
    let total = text.lines().find_map(|line| line.strip_prefix("totals: "));
    let total = total.expect("a line of totals").trim().parse().expect("a count");
    assert!(total > 0, "{case}: no instruction was counted; is {COUNTED} there?");
    total
}
