//! A parsed pattern: conjunctions of conditions, each a path and its tests.

use compact_str::CompactString;
use smallvec::SmallVec;

use crate::cidr::Network;
use crate::error::PatternError;
use crate::number::{Number, Range};
use crate::regex::Regex;
use crate::wildcard::Wildcard;

/// Which operators a pattern may use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// Amazon `EventBridge`'s own.
    #[default]
    Aws,
    /// With `regex`, `all-of`, `none-of` and the other operators that AWS does not have.
    Extended,
}

/// A compiled event pattern: the OR of its conjunctions.
#[derive(Clone, Debug)]
pub struct Pattern {
    pub(crate) conjunctions: SmallVec<[Box<[Condition]>; 1]>,
}

impl Pattern {
    /// Parse and check the text of a pattern.
    ///
    /// ```
    /// use rulebus_matcher::{Dialect, Pattern};
    ///
    /// assert!(Pattern::parse(br#"{"source": ["log.addProduct"]}"#, Dialect::Aws).is_ok());
    /// let error = Pattern::parse(br#"{"source": "log"}"#, Dialect::Aws).unwrap_err();
    /// assert_eq!(error.path(), "source");
    /// ```
    pub fn parse(text: &[u8], dialect: Dialect) -> Result<Self, PatternError> {
        crate::parse::parse(text, dialect)
    }
}

/// What a conjunction asks of the values at one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Condition {
    /// Member names from the root joined with dots.
    pub path: CompactString,
    pub list: ValuesList,
}

/// The values list of a condition.
///
/// It is met by a value that passes one of `some`, or, for one of the lists in `none`, by every
/// value at the path that is compatible with the rest of the conjunction failing all its tests.
/// `{"exists": false}` is the list of `none` whose only test is [`Test::Exists`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ValuesList {
    pub some: SmallVec<[Test; 1]>,
    pub none: Box<[Box<[Test]>]>,
}

/// A test that looks at one value.
///
/// Rule sets hold one for nearly every rule, so it is kept to 24 bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Test {
    Literal(Literal),
    Prefix(Box<str>),
    Suffix(Box<str>),
    PrefixIgnoreCase(Folded),
    SuffixIgnoreCase(Folded),
    EqualsIgnoreCase(Folded),
    Wildcard(Wildcard),
    Numeric(Box<Range>),
    Cidr(Network),
    /// Any value passes.
    Exists,
    /// A value passes that fails all of these.
    AnythingBut(Box<[Test]>),
    Regex(Regex),
    AllOf(Box<[Test]>),
}

/// A scalar that a value must equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Literal {
    String(CompactString),
    Number(Number),
    Bool(bool),
    Null,
}

/// Text in simple case folding, as `fold::fold` makes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Folded(pub Box<str>);
