//! Stack traces: what was thrown, and the frames it passed through.

use serde::{Deserialize, Serialize};

/// Largest trace that is taken, in bytes.
pub const TRACE_BYTES: usize = 262_144;
/// Most frames of one exception that are kept: the innermost.
pub const FRAMES_MAX: usize = 250;
/// Most frames of a trace that are kept over all its exceptions.
pub const FRAMES_ALL: usize = 600;
/// Most exceptions of a trace that are kept.
pub const RAISED_MAX: usize = 24;
/// Longest function or file of a frame, in characters.
pub const NAME_MAX: usize = 300;
/// Longest message of an exception, in characters.
pub const MESSAGE_MAX: usize = 2000;

words! {
    /// The language whose form a trace has.
    Language {
        /// `thread 'main' panicked at …`
        Rust = "rust",
        /// `Traceback (most recent call last):`
        Python = "python",
        /// Java and what runs on its machine: Kotlin, Scala, Groovy.
        Java = "java",
        /// `goroutine 1 [running]:`
        Go = "go",
        /// C and C++: sanitizers, debuggers, the C library's last words.
        Cpp = "cpp",
        /// JavaScript: node and browsers.
        JavaScript = "javascript",
        /// Known only as structured data, of another language.
        Other = "other",
    }
}

impl Language {
    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rust => "Rust",
            Self::Python => "Python",
            Self::Java => "Java",
            Self::Go => "Go",
            Self::Cpp => "C/C++",
            Self::JavaScript => "JavaScript",
            Self::Other => "another language",
        }
    }
}

words! {
    /// How an exception stands to the one before it in the trace.
    RaisedAs {
        /// It is what ended the program or request: the first.
        Raised = "raised",
        /// It caused the one before it.
        Cause = "cause",
        /// The one before it came while this one was being handled.
        Context = "context",
        /// It came while the one before it was on its way, and was kept beside.
        Suppressed = "suppressed",
        /// It is one of several in the one before it.
        Member = "member",
        /// Another thread's stack at that time.
        Thread = "thread",
        /// Another place that explains: where memory was freed, where a thread was created.
        Note = "note",
    }
}

/// One call in a stack.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Frame {
    /// The function, demangled and without what changes from build to build; empty where it is not known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub function: String,
    /// The module, package or class it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    /// The file, as the trace names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line in it, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Whether it is the program's own code: not its language's, not a library's.
    pub in_app: bool,
}

/// One exception, panic or report, with its stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Raised {
    /// How it stands to the one before it.
    pub relation: RaisedAs,
    /// Its type: `KeyError`, `java.lang.NullPointerException`, `heap-use-after-free`, `panic`.
    pub kind: String,
    /// What it said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// The thread or goroutine it was in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    /// Its stack, innermost call first.
    pub frames: Vec<Frame>,
}

impl Raised {
    /// Its line: `KeyError: 'USD'`.
    pub fn line(&self) -> String {
        let message = self.message.lines().next().unwrap_or_default();
        match (self.kind.is_empty(), message.is_empty()) {
            (_, true) => self.kind.clone(),
            (true, false) => message.to_owned(),
            (false, false) => format!("{}: {message}", self.kind),
        }
    }
}

/// A stack trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Trace {
    /// Its language.
    pub language: Language,
    /// What was raised: first what ended the program, then what it came from and what else is told. Never empty.
    pub raised: Vec<Raised>,
    /// Whether something was left out because there was too much of it.
    #[serde(default)]
    pub cut: bool,
}

impl Trace {
    /// The line people know it by.
    pub fn line(&self) -> String {
        self.raised.first().map(Raised::line).unwrap_or_default()
    }

    /// How many frames it has.
    pub fn frames(&self) -> usize {
        self.raised.iter().map(|raised| raised.frames.len()).sum()
    }
}

/// One thing of a trace that is compared with others': a frame, a type, a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keyed {
    /// Stands for it: 63 bits of a hash, so that a database keeps it as a number.
    pub key: i64,
    /// How deep it stands, from 0.
    pub depth: i64,
    /// What it counts before depth and rarity, in hundredths: 100 for a frame of the program's own.
    pub weight: i64,
}
