//! What the command line can do beside serving.

pub mod demo;
pub mod import;
pub mod token;
pub mod user;
pub mod verify;

use std::{fmt::Display, io::Write};

/// Prints a line. Where nobody reads on (`… | head`), the command ends as if the closed pipe had ended it.
pub fn say(line: impl Display) {
    if writeln!(std::io::stdout(), "{line}").is_err() {
        std::process::exit(141);
    }
}
