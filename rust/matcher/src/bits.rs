//! A small set of small numbers; no allocation while they are below 64.

use smallvec::{SmallVec, smallvec};

/// A set of numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bits(SmallVec<[u64; 1]>);

impl Bits {
    pub fn one(number: usize) -> Self {
        let mut bits = Self::default();
        bits.insert(number);
        bits
    }

    pub fn insert(&mut self, number: usize) {
        let word = number / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (number % 64);
    }

    pub fn remove(&mut self, number: usize) {
        if let Some(word) = self.0.get_mut(number / 64) {
            *word &= !(1 << (number % 64));
        }
    }

    pub fn contains(&self, number: usize) -> bool {
        self.0.get(number / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    pub fn len(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    pub fn is_subset(&self, other: &Self) -> bool {
        self.0.iter().enumerate().all(|(place, word)| word & !other.word(place) == 0)
    }

    pub fn intersects(&self, other: &Self) -> bool {
        self.0.iter().enumerate().any(|(place, word)| word & other.word(place) != 0)
    }

    /// Put the numbers of `other` in too; say whether there was a new one.
    pub fn extend(&mut self, other: &Self) -> bool {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        let mut grew = false;
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            grew |= more & !*word != 0;
            *word |= more;
        }
        grew
    }

    pub fn union(&self, other: &Self) -> Self {
        let mut union = self.clone();
        union.extend(other);
        union
    }

    /// Go through the numbers in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(place, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = rest.trailing_zeros() as usize;
                (rest != 0).then(|| {
                    rest &= rest - 1;
                    place * 64 + bit
                })
            })
        })
    }

    fn word(&self, place: usize) -> u64 {
        self.0.get(place).copied().unwrap_or(0)
    }
}

impl FromIterator<usize> for Bits {
    fn from_iter<I: IntoIterator<Item = usize>>(numbers: I) -> Self {
        let mut bits = Self(smallvec![0]);
        numbers.into_iter().for_each(|number| bits.insert(number));
        bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sets with numbers beyond one word behave like those within.
    #[test]
    fn behaves_like_a_set() {
        let low: Bits = [1, 5].into_iter().collect();
        let high: Bits = [1, 5, 64, 200].into_iter().collect();
        assert!(low.is_subset(&high) && !high.is_subset(&low));
        assert!(low.intersects(&high) && !Bits::one(64).intersects(&low));
        assert_eq!(vec![1, 5, 64, 200], high.iter().collect::<Vec<_>>());
        let mut union = low.clone();
        assert!(union.extend(&high) && !union.extend(&high));
        union.remove(200);
        assert!(union.contains(64) && !union.contains(200) && !union.contains(1000));
        assert!(Bits::default().is_empty() && Bits::default().is_subset(&low));
    }
}
