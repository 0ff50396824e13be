//! Finding other programs, and installing them where that is possible.

use crate::run;
use anyhow::{Context, Result, bail};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The path of a program in PATH, or as the given absolute path.
pub fn which(program: &str) -> Option<PathBuf> {
    if program.contains('/') {
        return executable(Path::new(program)).then(|| program.into());
    }
    std::env::split_paths(&std::env::var_os("PATH")?).map(|dir| dir.join(program)).find(|path| executable(path))
}

/// Whether this is a file that may be run.
pub fn executable(path: &Path) -> bool {
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

/// Whether this process is root.
pub fn is_root() -> bool {
    run::output(Command::new("id").arg("-u")).is_ok_and(|id| id == "0")
}

/// The user and group ids of a user.
pub fn ids(user: &str) -> Option<(u32, u32)> {
    let one = |flag| run::output(Command::new("id").args([flag, user])).ok()?.parse().ok();
    Some((one("-u")?, one("-g")?))
}

/// `find`, and once more after installing the Debian packages when this is root on a system with apt-get.
///
/// # Errors
/// One line that names what is missing and the packages that hold it.
pub fn or_install<T>(what: &str, packages: &[&str], find: impl Fn() -> Option<T>) -> Result<T> {
    if let Some(found) = find() {
        return Ok(found);
    }
    if which("apt-get").is_none() || !is_root() {
        bail!("{what} is missing: install it (Debian, Ubuntu: apt-get install {})", packages.join(" "));
    }
    eprintln!("{what} is missing: apt-get install {}", packages.join(" "));
    apt_install(packages)?;
    find().with_context(|| format!("{what} is missing even after apt-get install {}", packages.join(" ")))
}

fn apt_install(packages: &[&str]) -> Result<()> {
    let apt = |args: &[&str]| {
        let mut command = Command::new("apt-get");
        command.args(args).env("DEBIAN_FRONTEND", "noninteractive");
        run::show(&mut command)
    };
    let install = [&["install", "-y", "--no-install-recommends"], packages].concat();
    // The lists may be missing or old: then they are fetched and it is tried again.
    apt(&install).or_else(|_| apt(&["update"]).and_then(|()| apt(&install)))
}
