//! Every kind of block is held against loops over bytes.

use proptest::prelude::*;

use super::*;

/// All answers of a block.
struct Answers<'b>(&'b [u8; BLOCK]);

impl Job for Answers<'_> {
    type Output = [u64; 6];

    fn run<B: Block>(self) -> Self::Output {
        let block = B::load(self.0);
        let quotes = block.equal(b'"');
        [
            quotes,
            block.equal_either(b'{'),
            block.controls(),
            block.blanks(),
            block.digits(),
            B::parity(quotes),
        ]
    }
}

/// The same, byte by byte.
fn expected(bytes: &[u8; BLOCK]) -> [u64; 6] {
    let find = |is_it: &dyn Fn(u8) -> bool| {
        (0..BLOCK).filter(|place| is_it(bytes[*place])).map(|place| 1 << place).sum::<u64>()
    };
    let quotes = find(&|byte| byte == b'"');
    let is_odd = |place: usize| (quotes << (BLOCK - 1 - place)).count_ones() % 2 == 1;
    let odd = (0..BLOCK).filter(|place| is_odd(*place)).map(|place| 1 << place).sum();
    [
        quotes,
        find(&|byte| b"{[".contains(&byte)),
        find(&|byte| byte < 0x20),
        find(&|byte| b" \t\n\r".contains(&byte)),
        find(&|byte| byte.is_ascii_digit()),
        odd,
    ]
}

/// All that can be made of sets of places.
struct Sums {
    places: [u64; 8],
    others: [u64; 8],
    carry: u64,
}

impl Job for Sums {
    type Output = Vec<([u64; 8], u64)>;

    fn run<B: Block>(self) -> Self::Output {
        let (places, others) = (B::Places::new(self.places), B::Places::new(self.others));
        let both = [places & others, places | others, !places];
        let carried =
            [places.shift(self.carry), places.add(others, self.carry), places.parity(self.carry)];
        let both = both.map(|places| (places.words(), u64::from(places.is_empty())));
        let carried = carried.map(|(places, carry)| (places.words(), carry));
        both.into_iter().chain(carried).collect()
    }
}

/// Every byte gets the right answers in every place.
#[test]
fn knows_every_byte() {
    for byte in 0..=255 {
        let bytes: [u8; BLOCK] = std::array::from_fn(|place| [byte, b'x', byte ^ 0x80][place % 3]);
        for backend in Backend::available() {
            assert_eq!(expected(&bytes), backend.run(Answers(&bytes)), "{backend:?} {byte:#x}");
        }
    }
}

proptest! {
    /// All kinds of blocks agree on bytes of any kind.
    #[test]
    fn agrees_on_any_bytes(bytes in any::<[[u8; 32]; 2]>(), quotes in any::<u64>()) {
        let mut bytes: [u8; BLOCK] = bytes.concat().try_into().expect("64 bytes");
        for (place, byte) in bytes.iter_mut().enumerate() {
            if quotes >> place & 1 == 1 {
                *byte = b'"';
            }
        }
        for backend in Backend::available() {
            prop_assert_eq!(expected(&bytes), backend.run(Answers(&bytes)), "{:?}", backend);
        }
    }

    /// All kinds of sets of places agree, also where words are full or empty.
    #[test]
    fn agrees_on_any_places(
        places in proptest::array::uniform8(word()),
        others in proptest::array::uniform8(word()),
        carry in 0..2u64,
    ) {
        let expected = Backend(Kind::Portable).run(Sums { places, others, carry });
        for backend in Backend::available() {
            let sums = backend.run(Sums { places, others, carry });
            prop_assert_eq!(&expected, &sums, "{:?}", backend);
        }
    }
}

fn word() -> impl Strategy<Value = u64> {
    prop_oneof![any::<u64>(), Just(0), Just(u64::MAX), Just(1), Just(1 << 63)]
}
