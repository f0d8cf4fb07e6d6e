//! Up to eight decimal digits at once, in an ordinary register.

/// So many bytes are looked at together.
const WIDTH: usize = 8;
const EACH: u64 = 0x0101_0101_0101_0101;

/// The digits that eight bytes begin with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Digits {
    /// The bytes, the first one lowest; each digit stands for itself.
    values: u64,
    len: u32,
}

impl Digits {
    #[inline]
    pub fn leading(bytes: [u8; WIDTH]) -> Self {
        let values = u64::from_le_bytes(bytes) ^ (EACH * 0x30);
        // Above 9 there is something in the high half of a byte, if not before six more then
        // behind. A byte that is too high spoils only those behind it.
        let others = (values | values.wrapping_add(EACH * 6)) & (EACH * 0xF0);
        Self { values, len: others.trailing_zeros() / 8 }
    }

    #[inline]
    pub fn len(self) -> usize {
        self.len as usize
    }

    /// Say whether all bytes are digits, so that there may be more behind them.
    #[inline]
    pub fn may_go_on(self) -> bool {
        self.len() == WIDTH
    }

    /// Return the number that the digits denote; 0 if there are none.
    ///
    /// Neighbours are put together: first digits, then pairs, then fours.
    #[inline]
    pub fn number(self) -> u64 {
        // By halves: without any digit, all bits are shifted out, which one shift cannot do.
        let half = 32 - 4 * self.len;
        let digits = self.values << half << half;
        let pairs = (digits * 10 + (digits >> 8)) & 0x00FF_00FF_00FF_00FF;
        let fours = (pairs * 100 + (pairs >> 16)) & 0x0000_FFFF_0000_FFFF;
        (fours * 10_000 + (fours >> 32)) & 0xFFFF_FFFF
    }
}

/// Return the place behind the digits at `at`; there may be none.
#[inline]
pub(crate) fn end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let digits = Digits::leading(*chunk);
        at += digits.len();
        if !digits.may_go_on() {
            return at;
        }
    }
    while bytes.get(at).is_some_and(u8::is_ascii_digit) {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The digits are counted and read as one by one.
        #[test]
        fn leading_digits_are_read(digits in "[0-9]{0,8}", others in any::<[u8; WIDTH]>()) {
            let bytes: Vec<_> = digits.bytes().chain(others).take(WIDTH).collect();
            let len = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let number = bytes[..len].iter().fold(0, |number, byte| {
                number * 10 + u64::from(byte - b'0')
            });
            let found = Digits::leading(bytes.try_into().expect("eight"));
            prop_assert_eq!((len, number), (found.len(), found.number()));
            prop_assert_eq!(len == WIDTH, found.may_go_on());
        }
    }
}
