//! Closed sets of words: written the same in JSON, in the database and in the query language.

/// An enum whose members are words. Gives `ALL`, `as_str`, `Display`, `FromStr`, serde and the OpenAPI enum. A word is taken as a `tt`:
/// utoipa does not see into the invisible group that a `literal` becomes.
#[macro_export]
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $member:ident = $word:tt),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum $name { $($(#[$doc])* #[serde(rename = $word)] $member),* }

        impl $name {
            /// Every member, in the order of the definition.
            pub const ALL: &'static [Self] = &[$(Self::$member),*];
            /// Every word, in the same order.
            pub const WORDS: &'static [&'static str] = &[$($word),*];
            /// The word.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$member => $word),* }
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }
        impl std::str::FromStr for $name {
            type Err = $crate::word::NotOneOf;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text { $($word => Ok(Self::$member),)* _ => Err($crate::word::NotOneOf(Self::WORDS)) }
            }
        }
        impl TryFrom<String> for $name {
            type Error = $crate::word::NotOneOf;
            fn try_from(text: String) -> Result<Self, Self::Error> { text.parse() }
        }
    };
}

/// A word that is none of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotOneOf(pub &'static [&'static str]);

impl std::fmt::Display for NotOneOf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "must be one of {}", self.0.join(", "))
    }
}

impl std::error::Error for NotOneOf {}
