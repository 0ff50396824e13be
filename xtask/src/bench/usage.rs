//! What processes use, as Linux tells in /proc.

use crate::run;
use anyhow::{Context, Result};
use std::process::Command;
use std::sync::LazyLock;

/// Clock ticks per second; 100 on every usual Linux.
static TICKS: LazyLock<f64> =
    LazyLock::new(|| run::output(Command::new("getconf").arg("CLK_TCK")).ok().and_then(|text| text.parse().ok()).unwrap_or(100.0));

/// CPU time of one process so far, user and system, in milliseconds.
///
/// # Errors
/// When it is gone.
pub fn cpu(pid: u32) -> Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).with_context(|| format!("process {pid}"))?;
    Ok(ticks(&stat, false).context("/proc/PID/stat reads otherwise")? / *TICKS * 1_000.0)
}

/// CPU time of a process with all its children, those that have ended included, in milliseconds.
///
/// # Errors
/// When it is gone.
pub fn cpu_of_tree(pid: u32) -> Result<f64> {
    let mut sum = 0.0;
    for entry in std::fs::read_dir("/proc")?.flatten() {
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else { continue };
        let id: Option<u32> = entry.file_name().to_str().and_then(|name| name.parse().ok());
        if id == Some(pid) {
            sum += ticks(&stat, true).unwrap_or_default();
        } else if field(&stat, 1) == Some(f64::from(pid)) {
            sum += ticks(&stat, false).unwrap_or_default();
        }
    }
    Ok(sum / *TICKS * 1_000.0)
}

/// utime + stime of a stat line, with `ended` also those of the children that have ended.
fn ticks(stat: &str, ended: bool) -> Option<f64> {
    let own = field(stat, 11)? + field(stat, 12)?;
    Some(if ended { own + field(stat, 13)? + field(stat, 14)? } else { own })
}

/// A field of a stat line, counted from 0 behind the name, which may hold anything.
fn field(stat: &str, index: usize) -> Option<f64> {
    stat.rsplit_once(") ")?.1.split(' ').nth(index)?.parse().ok()
}

/// Proportional set size in MiB: its own memory and its share of what others use too.
///
/// # Errors
/// When the system does not tell.
pub fn memory(pid: u32) -> Result<f64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).with_context(|| format!("process {pid}"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:")).context("no Pss in smaps_rollup")?;
    let kib: f64 = line.trim().trim_end_matches(" kB").trim().parse()?;
    Ok(kib / 1_024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_blanks_and_parentheses_moves_no_field() {
        let stat = "17 (post (gres) x) S 5 17 17 0 -1 4194560 900 0 0 0 250 50 7 3 20 0 1 0";
        assert_eq!(field(stat, 1), Some(5.0));
        assert_eq!((ticks(stat, false), ticks(stat, true)), (Some(300.0), Some(310.0)));
    }
}
