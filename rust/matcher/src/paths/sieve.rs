//! Which values at a path may matter to any rule, told by a few bits of them.
//!
//! A value that passes none of the tests at its path meets no condition, stands against no absence
//! and is no key, so it need not be taken. Where rules ask for a few values each, as one among many
//! coordinates, hardly a value is.

use smallvec::{SmallVec, smallvec};

use crate::number::Number;
use crate::pattern::{Literal, Test, ValuesList};

/// Lets every value through that passes a test at its path, and few of the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sieve {
    /// By [`mesh_of_string`].
    strings: u64,
    /// By [`Number::mesh`].
    numbers: u64,
    /// `true`, `false` and `null`.
    words: bool,
}

impl Sieve {
    /// Say whether strings of a length may pass a test; `last` is the byte before the closing quote.
    #[inline]
    pub fn lets_string(self, len: usize, last: u8) -> bool {
        self.strings >> mesh_of_string(len, last) & 1 == 1
    }

    #[inline]
    pub fn lets_every_number(self) -> bool {
        self.numbers == u64::MAX
    }

    /// Say whether numbers of a class may pass a test.
    #[inline]
    pub fn lets_mesh(self, mesh: u8) -> bool {
        self.numbers >> mesh & 1 == 1
    }

    #[inline]
    pub fn lets_numbers(self) -> bool {
        self.numbers != 0
    }

    #[inline]
    pub fn lets_words(self) -> bool {
        self.words
    }
}

/// Return which of 64 classes a string is in, by its length and the byte before its closing quote.
#[inline]
fn mesh_of_string(len: usize, last: u8) -> u8 {
    // Only six bits count. An odd factor keeps lengths apart.
    #[allow(clippy::cast_possible_truncation)]
    let len = len as u8;
    (len.wrapping_mul(11) ^ last) & 63
}

/// A part of a sieve that a test opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Mesh {
    String(u8),
    Number(u8),
    Strings,
    Numbers,
    Words,
}

/// The open meshes of a sieve, each with the number of tests that need it.
#[derive(Debug, Default)]
pub(crate) struct Meshes(SmallVec<[(Mesh, u32); 2]>);

impl Meshes {
    /// Let through what passes a test of `list`; say whether that needed another mesh.
    pub fn open_for(&mut self, list: &ValuesList) -> bool {
        let meshes = self.0.len();
        for_each_mesh(list, &mut |mesh| match self.place(mesh) {
            Ok(place) => self.0[place].1 += 1,
            Err(place) => self.0.insert(place, (mesh, 1)),
        });
        self.0.len() > meshes
    }

    /// Undo what [`open_for`](Self::open_for) did; say whether that closed a mesh.
    pub fn close_for(&mut self, list: &ValuesList) -> bool {
        let meshes = self.0.len();
        for_each_mesh(list, &mut |mesh| {
            let place = self.place(mesh).expect("a mesh is closed once for every time opened");
            self.0[place].1 -= 1;
            if self.0[place].1 == 0 {
                self.0.remove(place);
            }
        });
        self.0.len() < meshes
    }

    /// Let everything through for good.
    pub fn open_for_all(&mut self) -> bool {
        self.open_for(&ValuesList { some: smallvec![Test::Exists], none: Box::default() })
    }

    pub fn sieve(&self) -> Sieve {
        let mut sieve = Sieve::default();
        for (mesh, _) in &self.0 {
            match mesh {
                Mesh::String(mesh) => sieve.strings |= 1 << mesh,
                Mesh::Number(mesh) => sieve.numbers |= 1 << mesh,
                Mesh::Strings => sieve.strings = u64::MAX,
                Mesh::Numbers => sieve.numbers = u64::MAX,
                Mesh::Words => sieve.words = true,
            }
        }
        sieve
    }

    fn place(&self, mesh: Mesh) -> Result<usize, usize> {
        self.0.binary_search_by_key(&mesh, |(other, _)| *other)
    }
}

/// Call `visit` with the meshes that what passes a test of `list` needs.
fn for_each_mesh(list: &ValuesList, visit: &mut impl FnMut(Mesh)) {
    let tests = list.some.iter().chain(list.none.iter().flatten());
    tests.for_each(|test| for_each_mesh_of(test, visit));
}

fn for_each_mesh_of(test: &Test, visit: &mut impl FnMut(Mesh)) {
    let number = |number: &Number| number.mesh().map_or(Mesh::Numbers, Mesh::Number);
    match test {
        Test::Literal(Literal::String(literal)) => {
            let last = literal.bytes().last().unwrap_or(b'"');
            visit(Mesh::String(mesh_of_string(literal.len(), last)));
        }
        Test::Literal(Literal::Number(literal)) => visit(number(literal)),
        Test::Literal(Literal::Bool(_) | Literal::Null) => visit(Mesh::Words),
        Test::Numeric(range) => visit(range.only().map_or(Mesh::Numbers, number)),
        Test::Exists | Test::AnythingBut(_) => {
            [Mesh::Strings, Mesh::Numbers, Mesh::Words].into_iter().for_each(visit);
        }
        Test::AllOf(tests) => tests.iter().for_each(|test| for_each_mesh_of(test, visit)),
        Test::Prefix(_)
        | Test::PrefixIgnoreCase(_)
        | Test::Suffix(_)
        | Test::SuffixIgnoreCase(_)
        | Test::EqualsIgnoreCase(_)
        | Test::Wildcard(_)
        | Test::Cidr(_)
        | Test::Regex(_) => visit(Mesh::Strings),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::{Dialect, Pattern};
    use crate::test::Scalar;

    fn list(text: &str) -> ValuesList {
        let pattern = format!(r#"{{"x":{text}}}"#);
        let pattern = Pattern::parse(pattern.as_bytes(), Dialect::Extended).expect("a pattern");
        pattern.conjunctions[0][0].list.clone()
    }

    const LISTS: [&str; 14] = [
        r#"["ab"]"#,
        r#"["", "7", "b"]"#,
        "[12.5, 0, 7, 1e400]",
        "[true]",
        "[null]",
        r#"[{"numeric": ["=", 12.5]}]"#,
        r#"[{"numeric": [">", 12]}]"#,
        r#"[{"prefix": "a"}]"#,
        r#"[{"anything-but": ["ab"]}]"#,
        r#"[{"exists": true}]"#,
        r#"[{"exists": false}]"#,
        r#"[{"none-of": ["ab", 12.5]}]"#,
        r#"[{"all-of": [{"prefix": "a"}, {"suffix": "b"}]}]"#,
        r#"[{"equals-ignore-case": "AB"}, false]"#,
    ];

    /// What passes a test of a list is let through, in whichever way a number is spelled.
    #[test]
    fn what_passes_is_let_through() {
        let numbers = ["12.5", "125e-1", "0", "-0.0", "7", "7.0", "1e400", "-3", "12.75"];
        let numbers = numbers.map(|text| Number::parse(text.as_bytes()));
        let strings = ["ab", "", "7", "b", "AB", "another text", "é"];
        let scalars = (strings.iter().map(|text| Scalar::String(text.as_bytes())))
            .chain(numbers.iter().map(Scalar::Number))
            .chain([Scalar::Bool(true), Scalar::Bool(false), Scalar::Null]);
        for scalar in scalars {
            for text in LISTS {
                let list = list(text);
                let mut meshes = Meshes::default();
                meshes.open_for(&list);
                let sieve = meshes.sieve();
                let is_let = match scalar {
                    Scalar::String(text) => {
                        sieve.lets_string(text.len(), *text.last().unwrap_or(&b'"'))
                    }
                    Scalar::Number(number) => {
                        sieve.lets_numbers()
                            && number.mesh().is_none_or(|mesh| sieve.lets_mesh(mesh))
                    }
                    Scalar::Bool(_) | Scalar::Null => sieve.lets_words(),
                };
                let tests = || list.some.iter().chain(list.none.iter().flatten());
                let passes = tests().any(|test| test.passes(&scalar));
                assert!(is_let || !passes, "{scalar:?} passes {text}");
            }
        }
    }

    /// What is not asked for is kept out, and again when the rule that asked for it is gone.
    #[test]
    fn the_rest_is_kept_out() {
        let mut meshes = Meshes::default();
        assert!(meshes.open_for(&list(r#"["ab"]"#)));
        let narrow = meshes.sieve();
        assert!(!narrow.lets_string(3, b'c') && !narrow.lets_numbers() && !narrow.lets_words());
        for text in LISTS {
            meshes.open_for(&list(text));
        }
        assert!(meshes.sieve().lets_string(3, b'c') && meshes.sieve().lets_every_number());
        for text in LISTS {
            meshes.close_for(&list(text));
        }
        assert_eq!(narrow, meshes.sieve());
        assert!(!meshes.open_for(&list(r#"["ab"]"#)), "the mesh is open");
    }
}
