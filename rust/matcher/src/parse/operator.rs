//! The operators and the dialects that have them.

use super::fault::Fault;
use super::reader::Member;
use crate::error::PatternErrorKind;
use crate::pattern::Dialect;

/// What a match object asks of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Exactly,
    Prefix,
    Suffix,
    EqualsIgnoreCase,
    Wildcard,
    Numeric,
    Cidr,
    Exists,
    AnythingBut,
    Regex,
    AllOf,
    NoneOf,
}

impl Operator {
    /// The name that stands in the object form of operands too.
    pub const EQUALS_IGNORE_CASE: &str = "equals-ignore-case";

    const NAMES: [(&str, Self); 12] = [
        ("exactly", Self::Exactly),
        ("prefix", Self::Prefix),
        ("suffix", Self::Suffix),
        (Self::EQUALS_IGNORE_CASE, Self::EqualsIgnoreCase),
        ("wildcard", Self::Wildcard),
        ("numeric", Self::Numeric),
        ("cidr", Self::Cidr),
        ("exists", Self::Exists),
        ("anything-but", Self::AnythingBut),
        ("regex", Self::Regex),
        ("all-of", Self::AllOf),
        ("none-of", Self::NoneOf),
    ];

    /// Find an operator of any dialect.
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(other, _)| *other == name).map(|(_, operator)| *operator)
    }

    /// Say whether fields inside `$or` must have another name: AWS reserves `regex` too.
    pub fn is_reserved(self, dialect: Dialect) -> bool {
        self.is_in(dialect) || self == Self::Regex
    }

    fn is_in(self, dialect: Dialect) -> bool {
        match self {
            Self::Regex | Self::AllOf | Self::NoneOf => dialect == Dialect::Extended,
            _ => true,
        }
    }

    /// Read the name of a match object's only member.
    pub fn of(member: &Member<'_>, dialect: Dialect) -> Result<Self, Fault> {
        let message = match Self::named(member.name) {
            Some(operator) if operator.is_in(dialect) => return Ok(operator),
            Some(_) => format!("the operator {:?} needs the extended dialect", member.name),
            None => {
                let names = Self::NAMES.iter().filter(|(_, operator)| operator.is_in(dialect));
                let names: Vec<_> = names.map(|(name, _)| *name).collect();
                format!("unknown operator {:?}, expected one of {}", member.name, names.join(", "))
            }
        };
        Err(Fault::new(PatternErrorKind::UnknownOperator, member.offset, message))
    }
}
