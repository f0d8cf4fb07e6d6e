//! How long matching takes, by the number of rules.

mod rules;
mod spread;

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

use spread::Spread;

const SIZES: [usize; 4] = [1, 10, 1_000, 100_000];
const EVENTS: usize = 256;

fn exact(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("match/exact");
    group.throughput(Throughput::Elements(EVENTS as u64));
    for rules in SIZES {
        let spread = Spread::new(rules, EVENTS);
        group.bench_function(BenchmarkId::from_parameter(rules), |bencher| {
            bencher.iter(|| spread.pass(|found| _ = black_box(found)));
        });
    }
}

criterion_group!(benches, exact);
criterion_main!(benches);
