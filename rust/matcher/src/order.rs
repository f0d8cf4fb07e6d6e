//! Putting numbers in order in linear time.

// Places are below 2^32.
#![allow(clippy::cast_possible_truncation)]

/// Up to so many numbers, nothing is faster than comparing.
const FEW: usize = 6;
/// From so many numbers on, sorting digit by digit is faster than comparing.
const MANY: usize = 256;
/// Numbers are dense if among so many there is one.
const DENSE: usize = 32;
const DIGIT_BITS: u32 = 8;
const DIGITS: usize = 1 << DIGIT_BITS;

/// A number, and where it stood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Placed {
    number: u64,
    place: u32,
}

impl Placed {
    /// Return where the number stood.
    #[inline]
    pub fn place(self) -> usize {
        self.place as usize
    }
}

/// Room for sorting without allocating.
#[derive(Debug, Default)]
pub(crate) struct Order {
    numbers: Vec<Placed>,
    spare: Vec<Placed>,
    /// By what numbers differ in: a bit that says whether there is one, and the place of the last.
    is_there: Vec<u64>,
    places: Vec<u32>,
}

impl Order {
    /// Return where numbers stand, in ascending order; of equal ones one is returned.
    ///
    /// There are less than 2³² of them.
    pub fn ascending(&mut self, numbers: impl Iterator<Item = u64>) -> &[Placed] {
        self.numbers.clear();
        self.numbers.extend(numbers.zip(0..).map(|(number, place)| Placed { number, place }));
        if self.numbers.len() <= FEW {
            self.numbers.sort_unstable();
            self.numbers.dedup_by_key(|placed| placed.number);
            return &self.numbers;
        }
        let first = self.numbers[0].number;
        let differences = self.numbers.iter().fold(0, |all, placed| all | (placed.number ^ first));
        let span = differences.checked_shr(differences.trailing_zeros()).unwrap_or(0);
        if span < (self.numbers.len() * DENSE) as u64 {
            self.put_in_places(first, differences);
        } else {
            if self.numbers.len() < MANY {
                self.numbers.sort_unstable();
            } else {
                self.sort_by_digits(differences);
            }
            self.numbers.dedup_by_key(|placed| placed.number);
        }
        &self.numbers
    }

    /// Put numbers that differ in a few neighbouring bits where these bits say.
    fn put_in_places(&mut self, first: u64, differences: u64) {
        let Self { numbers, is_there, places, .. } = self;
        let shift = differences.trailing_zeros() % u64::BITS;
        let low = first & !differences;
        let len = (differences >> shift) as usize + 1;
        is_there.clear();
        is_there.resize(len.div_ceil(64), 0);
        if places.len() < len {
            places.resize(len, 0);
        }
        for placed in &*numbers {
            let place = ((placed.number ^ low) >> shift) as usize;
            is_there[place / 64] |= 1 << (place % 64);
            places[place] = placed.place;
        }
        numbers.clear();
        for (word, bits) in is_there.iter().enumerate() {
            let mut rest = *bits;
            while rest != 0 {
                let place = word * 64 + rest.trailing_zeros() as usize;
                rest &= rest - 1;
                let number = low | (place as u64) << shift;
                numbers.push(Placed { number, place: places[place] });
            }
        }
    }

    /// Sort by each digit in which numbers differ, the lowest first.
    fn sort_by_digits(&mut self, differences: u64) {
        let Self { numbers, spare, .. } = self;
        for shift in (0..u64::BITS).step_by(DIGIT_BITS as usize) {
            if digit(differences, shift) != 0 {
                spare.resize(numbers.len(), Placed::default());
                deal_out(numbers, spare, shift);
                std::mem::swap(numbers, spare);
            }
        }
    }
}

/// Copy numbers in the order of one of their digits; equal digits keep their order.
fn deal_out(numbers: &[Placed], dealt: &mut [Placed], shift: u32) {
    let mut starts = [0; DIGITS];
    for placed in numbers {
        starts[digit(placed.number, shift)] += 1;
    }
    let mut start = 0;
    for place in &mut starts {
        start += std::mem::replace(place, start);
    }
    for placed in numbers {
        let next = &mut starts[digit(placed.number, shift)];
        dealt[*next] = *placed;
        *next += 1;
    }
}

#[inline]
fn digit(number: u64, shift: u32) -> usize {
    (number >> shift) as usize & (DIGITS - 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Few or many numbers, far apart or near each other, come in ascending order and once.
        #[test]
        fn orders_any_numbers(
            numbers in proptest::collection::vec(any::<u64>(), 0..3 * MANY),
            shift in 0..64u32,
            back in 0..64u32,
        ) {
            let numbers: Vec<u64> = numbers.iter().map(|number| number >> shift << back).collect();
            let mut expected = numbers.clone();
            expected.sort_unstable();
            expected.dedup();
            let mut order = Order::default();
            let ordered = order.ascending(numbers.iter().copied());
            let at_places = ordered.iter().map(|placed| numbers[placed.place()]);
            prop_assert_eq!(expected, at_places.collect::<Vec<_>>());
        }
    }
}
