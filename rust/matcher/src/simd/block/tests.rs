//! Every kind of block is held against loops over bytes.

use proptest::prelude::*;

use super::*;

/// All answers of the block that a text begins with.
struct Answers<'b>(&'b [u8]);

impl Job for Answers<'_> {
    type Output = [u64; 7];

    fn run<B: Block>(self) -> Self::Output {
        let block = B::load_start(self.0);
        let quotes = block.equal(b'"');
        [
            quotes,
            block.equal_either(b'{'),
            block.lower(),
            block.controls(),
            block.blanks(),
            block.digits(),
            B::parity(quotes),
        ]
    }
}

/// The same, byte by byte.
fn expected(bytes: &[u8; BLOCK]) -> [u64; 7] {
    let find = |is_it: &dyn Fn(u8) -> bool| {
        (0..BLOCK).filter(|place| is_it(bytes[*place])).map(|place| 1 << place).sum::<u64>()
    };
    let quotes = find(&|byte| byte == b'"');
    let is_odd = |place: usize| (quotes << (BLOCK - 1 - place)).count_ones() % 2 == 1;
    let odd = (0..BLOCK).filter(|place| is_odd(*place)).map(|place| 1 << place).sum();
    [
        quotes,
        find(&|byte| b"{[".contains(&byte)),
        find(&|byte| byte & 0x20 != 0),
        find(&|byte| byte < 0x20),
        find(&|byte| b" \t\n\r".contains(&byte)),
        find(&|byte| byte.is_ascii_digit()),
        odd,
    ]
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

/// Behind the end of a text there are zeros, whatever stands there in memory.
#[test]
fn a_block_ends_with_the_text() {
    let memory = [b'{'; 2 * BLOCK];
    for len in 0..2 * BLOCK {
        let mut bytes = [0; BLOCK];
        bytes[..len.min(BLOCK)].fill(b'{');
        for backend in Backend::available() {
            assert_eq!(expected(&bytes), backend.run(Answers(&memory[..len])), "{backend:?} {len}");
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
}
