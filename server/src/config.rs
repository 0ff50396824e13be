//! What an operator can set: flags over environment over file over defaults. Read once, at start.

mod files;

use std::{net::SocketAddr, path::PathBuf};

use clap::Args;
use serde::Deserialize;

pub use self::files::{FilesArgs, FilesConfig, Storage};

use crate::{
    error::{Error, Result},
    password::{COST, Cost},
};

/// Where the data is: shared by every command.
#[derive(Args, Clone, Debug)]
pub struct DatabaseArgs {
    /// A TOML file with any of: database_url, listen, base_url, connections, registration, newcomer_comments, log, attachments and what else begins with attachment_ or s3_ here
    #[arg(long, env = "DELTABOARD_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME [default: sqlite:data/deltaboard.db]
    #[arg(long, env = "DELTABOARD_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// Connections to the database that read at the same time [default: 8]
    #[arg(long, env = "DELTABOARD_CONNECTIONS", value_name = "N")]
    pub connections: Option<u32>,
    /// Where attachments are.
    #[command(flatten)]
    pub files: FilesArgs,
}

/// What `serve` takes.
#[derive(Args, Clone, Debug)]
pub struct ServeArgs {
    /// Where the data is.
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// Address to listen on [default: 127.0.0.1:8080]
    #[arg(long, env = "DELTABOARD_LISTEN", value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// What people type into the browser; https:// here makes cookies Secure [default: http://ADDRESS]
    #[arg(long, env = "DELTABOARD_BASE_URL", value_name = "URL")]
    pub base_url: Option<String>,
    /// Who may make an account until an administrator changes it in the settings: open, invite or closed [default: invite]
    #[arg(long, env = "DELTABOARD_REGISTRATION", value_name = "MODE")]
    pub registration: Option<String>,
    /// Comments an hour from accounts younger than a day that belong to no project or organisation; 0 for no limit [default: 10]
    #[arg(long, env = "DELTABOARD_NEWCOMER_COMMENTS", value_name = "N")]
    pub newcomer_comments: Option<i32>,
    /// What is logged, as tracing-subscriber reads it [default: info,sqlx=warn,memory_serve=warn]
    #[arg(long, env = "DELTABOARD_LOG", value_name = "FILTER")]
    pub log: Option<String>,
    /// Log lines as JSON
    #[arg(long, env = "DELTABOARD_LOG_JSON")]
    pub log_json: bool,
}

/// The settings in force.
#[derive(Clone, Debug)]
pub struct Config {
    /// `sqlite:PATH` or `postgres://…`.
    pub database_url: String,
    /// Connections that read at the same time, 1 to 200.
    pub connections: u32,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Scheme and authority of the pages, without a slash at the end.
    pub base_url: String,
    /// Registration mode of a new instance.
    pub registration: String,
    /// Comments an hour from a new account; 0 for no limit.
    pub newcomer_comments: i32,
    /// Where attachments are, and which are taken.
    pub files: FilesConfig,
    /// What working out a password costs: [`COST`], but in tests.
    pub password_cost: Cost,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    database_url: Option<String>,
    connections: Option<u32>,
    listen: Option<SocketAddr>,
    base_url: Option<String>,
    registration: Option<String>,
    newcomer_comments: Option<i32>,
    log: Option<String>,
    attachments: Option<String>,
    attachment_size: Option<i64>,
    attachment_total: Option<i64>,
    attachment_refuse: Option<Vec<String>>,
    s3_endpoint: Option<String>,
    s3_region: Option<String>,
    s3_access_key_id: Option<String>,
    s3_secret_access_key: Option<String>,
}

impl DatabaseArgs {
    fn file(&self) -> Result<File> {
        let Some(path) = &self.config else { return Ok(File::default()) };
        config::Config::builder()
            .add_source(config::File::from(path.as_path()).format(config::FileFormat::Toml))
            .build()
            .and_then(config::Config::try_deserialize)
            .map_err(|error| Error::start(format!("{}: {error}", path.display())))
    }

    /// The database's URL and its number of connections.
    ///
    /// # Errors
    /// When the file cannot be read or holds an unknown key, or the number is none of connections.
    pub fn load(&self) -> Result<(String, u32)> {
        let file = self.file()?;
        let url = self.database_url.clone().or(file.database_url).unwrap_or_else(|| "sqlite:data/deltaboard.db".to_owned());
        let connections = self.connections.or(file.connections).unwrap_or(8);
        if !(1..=200).contains(&connections) {
            return Err(Error::start(format!("connections {connections}: must be 1 to 200")));
        }
        Ok((url, connections))
    }
}

/// For commands that need the settings and do not serve: the file's, or the defaults.
impl From<DatabaseArgs> for ServeArgs {
    fn from(database: DatabaseArgs) -> Self {
        Self { database, listen: None, base_url: None, registration: None, newcomer_comments: None, log: None, log_json: false }
    }
}

impl ServeArgs {
    /// The log filter in force.
    ///
    /// # Errors
    /// When the file cannot be read or holds an unknown key.
    pub fn log_filter(&self) -> Result<String> {
        Ok(self.log.clone().or(self.database.file()?.log).unwrap_or_else(|| "info,sqlx=warn,memory_serve=warn".to_owned()))
    }

    /// The settings in force.
    ///
    /// # Errors
    /// When the file cannot be read or holds an unknown key, or a value is none.
    pub fn load(&self) -> Result<Config> {
        let file = self.database.file()?;
        let (database_url, connections) = self.database.load()?;
        let listen = self.listen.or(file.listen).unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)));
        let base_url = self.base_url.clone().or(file.base_url).unwrap_or_else(|| format!("http://{listen}"));
        let authority = base_url.strip_prefix("https://").or_else(|| base_url.strip_prefix("http://")).unwrap_or_default();
        let authority = authority.trim_end_matches('/');
        if authority.is_empty() || authority.contains(|c: char| c.is_whitespace() || "/?#@".contains(c)) {
            return Err(Error::start(format!("base URL {base_url}: must be http:// or https:// and a host, without a path")));
        }
        let registration = self.registration.clone().or(file.registration).unwrap_or_else(|| "invite".to_owned());
        if !["open", "invite", "closed"].contains(&registration.as_str()) {
            return Err(Error::start(format!("registration {registration}: must be open, invite or closed")));
        }
        let newcomer_comments = self.newcomer_comments.or(file.newcomer_comments).unwrap_or(10);
        if !(0..=3600).contains(&newcomer_comments) {
            return Err(Error::start(format!("newcomer_comments {newcomer_comments}: must be 0 to 3600")));
        }
        let files = FilesArgs {
            attachments: file.attachments,
            attachment_size: file.attachment_size,
            attachment_total: file.attachment_total,
            attachment_refuse: file.attachment_refuse,
            s3_endpoint: file.s3_endpoint,
            s3_region: file.s3_region,
            s3_access_key_id: file.s3_access_key_id,
            s3_secret_access_key: file.s3_secret_access_key,
        };
        let files = self.database.files.load(files, &database_url)?;
        Ok(Config {
            database_url,
            connections,
            listen,
            base_url: base_url.trim_end_matches('/').to_owned(),
            registration,
            newcomer_comments,
            files,
            password_cost: COST,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args() -> ServeArgs {
        DatabaseArgs { config: None, database_url: None, connections: None, files: FilesArgs::default() }.into()
    }

    #[test]
    fn what_cannot_be_is_refused_and_not_bent() {
        assert_eq!(args().load().unwrap().base_url, "http://127.0.0.1:8080");
        for connections in [0, 201] {
            let mut args = args();
            args.database.connections = Some(connections);
            assert!(args.load().is_err());
        }
        for (url, good) in [("https://delta.example/", true), ("http://foo/sub", false), ("ftp://foo", false), ("https://", false)] {
            assert_eq!(ServeArgs { base_url: Some(url.to_owned()), ..args() }.load().is_ok(), good, "{url}");
        }
    }
}
