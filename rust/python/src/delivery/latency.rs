//! How long events took, as a histogram.

/// The last bucket begins at 2^30 microseconds, which is 18 minutes.
const BUCKETS: usize = 32;

/// Deliveries by the time they took: bucket `n` has those below 2^n microseconds.
#[derive(Default)]
pub struct Latency {
    counts: [u64; BUCKETS],
    total: f64,
}

impl Latency {
    /// Count deliveries that took so many seconds.
    #[expect(clippy::cast_possible_truncation, reason = "a time that is too long is cut off")]
    #[expect(clippy::cast_sign_loss, reason = "so is one below 0")]
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    pub fn note(&mut self, seconds: f64, deliveries: u64) {
        let bucket = (u64::BITS - ((seconds * 1e6) as u64).leading_zeros()) as usize;
        self.counts[bucket.min(BUCKETS - 1)] += deliveries;
        self.total += seconds * deliveries as f64;
    }

    /// Return the buckets, and the seconds of all deliveries together.
    pub fn histogram(&self) -> ([u64; BUCKETS], f64) {
        (self.counts, self.total)
    }
}
