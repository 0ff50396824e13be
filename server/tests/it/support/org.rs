//! Organisations and who belongs to them.

use std::sync::Arc;

use serde_json::json;
use server::{caller::SESSION_USER, session::Sessions, store};
use tower_sessions::Session;

use super::{Client, TestApp};

impl TestApp {
    /// An organisation of this slug and name that `owner` makes. Its key prefix is the slug in upper case, without what no
    /// prefix has.
    pub async fn org(&self, slug: &str, name: &str, owner: &Client) {
        let prefix: String = slug.to_ascii_uppercase().chars().filter(char::is_ascii_alphanumeric).take(8).collect();
        owner.post("/api/v1/orgs", json!({"slug": slug, "name": name, "key_prefix": prefix})).await.status(201);
    }

    /// A new person of this handle, whom `owner` makes a member of this role.
    pub async fn member(&self, owner: &Client, org: &str, name: &str, role: &str) -> Client {
        let person = self.person(name).await;
        owner.put(&format!("/api/v1/orgs/{org}/members/{name}"), json!({"role": role})).await.status(204);
        person
    }

    /// Says what outsiders see of an organisation.
    pub async fn openness(&self, owner: &Client, org: &str, openness: &str) {
        let path = format!("/api/v1/orgs/{org}");
        let etag = owner.get(&path).await.ok().header("etag").to_owned();
        owner.with("if-match", &etag).patch(&path, json!({"openness": openness})).await.ok();
    }

    /// The browser of a person who is there, signed in: what the pages see.
    pub async fn signed_in(&self, name: &str) -> Client {
        let mut tx = self.app.db.read().await.expect("a connection");
        let user = store::user::by_name(&mut tx, name).await.expect("an answer").expect("a person");
        drop(tx);
        let session = Session::new(None, Arc::new(Sessions::new(self.app.db.clone(), self.app.clock.clone())), None);
        session.insert(SESSION_USER, user.id).await.expect("text");
        session.save().await.expect("kept");
        self.anyone().with("cookie", &format!("id={}", session.id().expect("an id")))
    }
}
