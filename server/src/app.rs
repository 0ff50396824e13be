//! What every handler shares.

use std::{ops::Deref, sync::Arc};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{
    assets::Assets,
    clock::Clock,
    config::Config,
    error::Result,
    files::Files,
    limit::Limits,
    markdown::Markdown,
    password::Passwords,
    prose::Documents,
    recent::Recent,
    store::{db::Db, search::Common},
};

/// The running application; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// Its parts.
pub struct Parts {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// The settings.
    pub config: Config,
    /// URLs of styles and scripts.
    pub assets: Assets,
    /// Text to safe HTML.
    pub markdown: Markdown,
    /// Long texts, in pieces that can be pointed at.
    pub documents: Documents,
    /// Works passwords out.
    pub passwords: Passwords,
    /// The bytes of attachments.
    pub files: Files,
    /// How often something may be tried.
    pub limits: Limits,
    /// Terms not worth looking for.
    pub common: Common,
    /// What happened lately on each board.
    pub recent: Recent,
    /// Told when there is something to import.
    pub imports: Notify,
    /// Cancelled when the server is to end: streams end then.
    pub shutdown: CancellationToken,
}

impl App {
    /// Puts the parts together.
    ///
    /// # Errors
    /// When a setting cannot be used.
    pub fn new(db: Db, clock: Clock, config: Config) -> Result<Self> {
        let (assets, markdown, shutdown) = (Assets::load(), Markdown::default(), CancellationToken::new());
        let (passwords, limits) = (Passwords::new(config.password_cost)?, Limits::default());
        let (documents, files) = (Documents::default(), Files::open(&config.files.storage)?);
        Ok(Self(Arc::new(Parts {
            db,
            clock,
            config,
            assets,
            markdown,
            documents,
            passwords,
            files,
            limits,
            common: Common::default(),
            recent: Recent::default(),
            imports: Notify::new(),
            shutdown,
        })))
    }
}

impl Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}
