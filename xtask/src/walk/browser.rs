//! Two people, two browser windows, one board.

use super::board::column_of;
use super::world::{PASSWORD, World};
use crate::{browser, paths, run};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::process::Command;

/// A card dragged in one window moves in the other.
pub async fn drag(world: &mut World) -> Result<String> {
    let (node, chromium) = (browser::node()?, browser::chromium()?);
    let key = world.task("northwind")?;
    let mut command = Command::new(node);
    command.arg("e2e/walk.mjs").current_dir(paths::root()).env("CHROMIUM", chromium).env("BASE", world.server.url());
    command.env("BOARD", "/orgs/northwind/boards/main").env("CARD", key).env("COLUMN", "doing");
    command.env("FIRST", "nils").env("SECOND", "olga").env("PASSWORD", PASSWORD);
    let printed = run::output(&mut command)?;
    let told: Value =
        serde_json::from_str(printed.lines().last().unwrap_or_default()).with_context(|| format!("e2e/walk.mjs printed {printed}"))?;
    let board = world.as_("olga")?.get("orgs/northwind/boards/main").await?;
    let column = column_of(&board, key).context("the card is gone")?;
    ensure!(column == "doing", "the server has the card in {column}");
    Ok(format!("{key} dragged by Nils to Doing; Olga's window shows it there {} ms later, so does the server", told["milliseconds"]))
}
