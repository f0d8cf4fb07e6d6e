//! How long a rule set takes to compile, and one rule to join it.

mod rules;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rulebus_matcher::{Dialect, Pattern};

use rules::{event, matcher, pattern, patterns};

const SIZES: [usize; 4] = [1, 10, 1_000, 100_000];

fn parse(criterion: &mut Criterion) {
    let text = pattern(0);
    assert!(Pattern::parse(text.as_bytes(), Dialect::Aws).is_ok());
    criterion.bench_function("compile/parse", |bencher| {
        bencher.iter(|| Pattern::parse(text.as_bytes(), Dialect::Aws));
    });
}

fn build(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("compile/build");
    group.sample_size(10);
    for rules in SIZES {
        assert_eq!(
            Ok(vec![format!("rule-{}", rules - 1)]),
            matcher(rules).matching(event(rules - 1).as_bytes())
        );
        group.throughput(Throughput::Elements(rules as u64));
        group.bench_function(BenchmarkId::from_parameter(rules), |bencher| {
            bencher.iter(|| matcher(rules));
        });
    }
}

fn add(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("compile/replace-one");
    for rules in SIZES {
        let matcher = matcher(rules);
        let (name, pattern, ()) = patterns(1).remove(0);
        assert!(matcher.add(&name, &pattern, ()).is_some());
        assert_eq!(Ok(vec![name.clone()]), matcher.matching(event(0).as_bytes()));
        group.bench_function(BenchmarkId::from_parameter(rules), |bencher| {
            bencher.iter(|| matcher.add(&name, &pattern, ()));
        });
    }
}

criterion_group!(benches, parse, build, add);
criterion_main!(benches);
