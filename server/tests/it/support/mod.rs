//! The harness. Callers are values: `app.anyone()`, `app.person("mara").await`, `app.admin().await`.

pub mod ci;
mod client;
mod database;
mod org;
mod people;
mod rows;
mod world;

pub use client::{Client, Reply};
pub use people::PASSWORD;
pub use rows::{NewDelta, NewTask};
use server::{
    app::App,
    clock::{self, Clock},
    config::{Config, FilesConfig, Storage},
    router::router,
    store,
};

use self::database::Database;

/// A server of its own on a fresh database, which goes when the test ends, however it ends.
pub struct TestApp {
    /// The application, to look inside or to move its clock.
    pub app: App,
    router: axum::Router,
    database: Database,
    /// Where its attachments are.
    pub folder: tempfile::TempDir,
}

impl TestApp {
    /// Starts one.
    pub async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    /// Starts one with other settings.
    pub async fn start_with(set: impl FnOnce(&mut Config)) -> Self {
        any_spawner::Executor::init_tokio().ok();
        // Shown by the test runner where the test fails.
        tracing_subscriber::fmt().with_env_filter("debug,sqlx=warn,hyper=warn,html5ever=warn").with_test_writer().try_init().ok();
        let database = Database::create().await;
        let folder = tempfile::tempdir().expect("a folder");
        let mut config = Config {
            database_url: database.url.clone(),
            connections: 4,
            listen: ([127, 0, 0, 1], 0).into(),
            base_url: "http://deltaboard.test".to_owned(),
            registration: "open".to_owned(),
            newcomer_comments: 0,
            files: FilesConfig {
                storage: Storage::Folder(folder.path().to_owned()),
                size: 1_000_000,
                total: 3_000_000,
                refuse: vec!["program".to_owned()],
            },
            // The release's cost would take most of the suite's time.
            password_cost: server::password::Cost { memory: 64, passes: 1, lanes: 1 },
        };
        set(&mut config);
        let db = store::db::Db::open(&config.database_url, config.connections).await.expect("the database opens");
        db.migrate().await.expect("the schema is brought up to date");
        let app = App::new(db, Clock::default(), config).expect("an application");
        let router = router(app.clone());
        Self { app, router, database, folder }
    }

    /// A guest of another server on the same database, which cuts off what takes longer than this to read.
    pub async fn hasty(&self, patience: std::time::Duration) -> Client {
        let config = self.app.config.clone();
        let db = store::db::Db::open_to_answer(&config.database_url, 2, patience).await.expect("the database opens");
        Client::new(router(App::new(db, Clock::default(), config).expect("an application")), None)
    }

    /// Runs SQL as it stands: to fill tables with many rows at once.
    pub async fn execute(&self, sql: &str) {
        self.database.execute(sql).await;
    }

    /// What of the store's rules does not hold.
    pub async fn verify(&self) -> Vec<&'static str> {
        let mut tx = self.app.db.read().await.expect("a connection");
        let mut wrong = Vec::new();
        for (rule, count) in store::verify::RULES {
            if store::verify::broken(&mut tx, count).await.expect("an answer") > 0 {
                wrong.push(rule);
            }
        }
        wrong
    }

    /// A caller who is nobody.
    pub fn anyone(&self) -> Client {
        Client::new(self.router.clone(), None)
    }

    /// A person of this handle with a token of full scope; made when the handle is new.
    pub async fn person(&self, name: &str) -> Client {
        self.user(name, false).await
    }

    /// A person who runs the instance.
    pub async fn admin(&self) -> Client {
        self.user("admin", true).await
    }

    async fn user(&self, name: &str, is_admin: bool) -> Client {
        let now = self.app.clock.now();
        let (display_name, email, secret) =
            (format!("{}{}", name[..1].to_uppercase(), &name[1..]), format!("{name}@example.org"), clock::secret("dlb_"));
        let mut tx = self.app.db.write().await.expect("a transaction");
        let user = store::user::New { name, display_name: &display_name, email: Some(&email), password_hash: None, is_admin };
        let user = store::user::insert(&mut tx, &user, now).await.expect("a new person");
        let scopes = [schema::user::Scope::Read, schema::user::Scope::Write];
        let token =
            store::token::New { user: Some(user), project: None, name: "test", scopes: &scopes, created_by: None, expires_at: None };
        store::token::insert(&mut tx, &token, &clock::digest(&secret), now).await.expect("a token");
        tx.commit().await.expect("kept");
        Client::new(self.router.clone(), Some(secret))
    }
}
