//! What the steps share: the server, the people, and the things they made.

use super::data::Data;
use crate::client::Client;
use crate::ground::{Database, Ground};
use crate::server::Server;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

/// The password of everybody in the journey.
pub const PASSWORD: &str = "walking the whole path 7";

/// The state of one walk. Dropped in this order: the server ends before its database goes.
pub struct World {
    /// The first server.
    pub server: Server,
    /// Its database and program.
    pub ground: Ground,
    /// The real or own input.
    pub data: Data,
    /// A guest.
    pub guest: Client,
    /// People by name.
    pub people: BTreeMap<&'static str, Client>,
    /// The project's CI.
    pub ci: Option<Client>,
    /// The delta that everything is about.
    pub delta: String,
    /// Another one of the same project.
    pub other: String,
    /// Tasks by organisation.
    pub tasks: BTreeMap<&'static str, String>,
    /// What CI was told last.
    pub receipt: serde_json::Value,
    /// Where the live stream was left.
    pub last_event: String,
    /// How long the start took.
    started: std::time::Duration,
}

/// Starts a server on an empty database.
pub fn start(binary: &Path, database: Database, data: Data) -> Result<World> {
    let ground = Ground::new(binary, database, false)?;
    let began = Instant::now();
    let server = ground.serve()?;
    let started = began.elapsed();
    let guest = Client::new(&server.url())?;
    Ok(World {
        server,
        ground,
        data,
        guest,
        people: BTreeMap::new(),
        ci: None,
        delta: String::new(),
        other: String::new(),
        tasks: BTreeMap::new(),
        receipt: serde_json::Value::Null,
        last_event: String::new(),
        started,
    })
}

impl World {
    /// What the start has shown.
    pub fn said(&self) -> String {
        format!("empty {} to ready in {} ms, input: {}", self.ground.database.name(), self.started.as_millis(), self.data.source)
    }

    /// Somebody by name.
    ///
    /// # Errors
    /// When there is no such person in the journey.
    pub fn as_(&self, name: &str) -> Result<&Client> {
        self.people.get(name).with_context(|| format!("nobody called {name}"))
    }

    /// The task of an organisation.
    ///
    /// # Errors
    /// When it has none.
    pub fn task(&self, org: &str) -> Result<&str> {
        self.tasks.get(org).map(String::as_str).with_context(|| format!("{org} has no task"))
    }

    /// Ends the server as an operator does and looks for what it should never have said.
    ///
    /// # Errors
    /// When its log names a panic or an error.
    pub fn stop(&self) -> Result<String> {
        let began = Instant::now();
        self.server.stop();
        let took = began.elapsed();
        let log = self.server.log();
        let bad: Vec<&str> = log.lines().filter(|line| line.contains("ERROR") || line.contains("panic")).collect();
        anyhow::ensure!(bad.is_empty(), "the server's log has errors: {}", bad.join("\n"));
        Ok(format!("SIGTERM to end in {} ms, no error in its log", took.as_millis()))
    }
}
