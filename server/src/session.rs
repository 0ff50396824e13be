//! tower-sessions over our database. A cookie holds a random id; the database holds its digest.

use async_trait::async_trait;
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store::{Error as StoreError, Result as StoreResult},
};
use uuid::Uuid;

use crate::{
    caller::{SESSION_AGENT, SESSION_USER},
    clock::{Clock, digest},
    error::Error,
    store,
    store::db::Db,
};

/// Keeps sessions in the database.
#[derive(Clone, Debug)]
pub struct Sessions {
    db: Db,
    clock: Clock,
}

impl Sessions {
    /// A store on this database.
    pub fn new(db: Db, clock: Clock) -> Self {
        Self { db, clock }
    }

    async fn put(&self, record: &Record, new: bool) -> Result<(), Error> {
        let text = |key| record.data.get(key).and_then(|value| value.as_str());
        let key = key(record.id);
        let session = store::session::New {
            id_hash: &key,
            user: text(SESSION_USER).and_then(|id| id.parse::<Uuid>().ok()),
            data: serde_json::to_string(&record.data)?,
            agent: text(SESSION_AGENT).unwrap_or_default(),
            expires_at: record.expiry_date,
        };
        let mut tx = self.db.write().await?;
        match new {
            true => store::session::insert(&mut tx, session, self.clock.now()).await?,
            false => store::session::update(&mut tx, session, self.clock.now()).await?,
        }
        tx.commit().await
    }

    async fn find(&self, id: Id) -> Result<Option<Record>, Error> {
        let mut tx = self.db.read().await?;
        let Some(found) = store::session::find(&mut tx, &key(id), self.clock.now()).await? else { return Ok(None) };
        Ok(Some(Record { id, data: serde_json::from_str(&found.data)?, expiry_date: found.expires_at }))
    }

    async fn end(&self, id: Id) -> Result<(), Error> {
        let mut tx = self.db.write().await?;
        store::session::delete(&mut tx, &key(id)).await?;
        tx.commit().await
    }
}

/// What a session's row is keyed by.
pub fn key(id: Id) -> Vec<u8> {
    digest(id.0.to_be_bytes())
}

fn backend(error: Error) -> StoreError {
    StoreError::Backend(format!("{error:?}"))
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> StoreResult<()> {
        self.put(record, true).await.map_err(backend)
    }

    async fn save(&self, record: &Record) -> StoreResult<()> {
        self.put(record, false).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> StoreResult<Option<Record>> {
        self.find(*id).await.map_err(backend)
    }

    async fn delete(&self, id: &Id) -> StoreResult<()> {
        self.end(*id).await.map_err(backend)
    }
}
