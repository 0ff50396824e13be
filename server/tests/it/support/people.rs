//! People as they come in by the pages: with a password and a cookie.

use super::{Client, Reply, TestApp};

/// Everybody's password.
pub const PASSWORD: &str = "correct horse 7";

impl TestApp {
    /// The browser of a new person of this handle, who registered on the pages and is signed in.
    pub async fn browser(&self, name: &str) -> Client {
        let email = format!("{name}@example.org");
        let fields = [("name", name), ("display_name", name), ("email", &email), ("password", PASSWORD)];
        let reply = self.anyone().form("/register", &fields).await.status(303);
        self.anyone().session(&reply)
    }

    /// Signs somebody in with another browser.
    pub async fn sign_in(&self, login: &str, password: &str) -> Reply {
        self.anyone().form("/sign-in", &[("login", login), ("password", password)]).await
    }

    /// The browser of a new administrator, made by the first start.
    pub async fn first(&self, name: &str) -> Client {
        let address = server::act::user::offer_start(&self.app).await.expect("an answer").expect("nobody runs the instance");
        let secret = address.split_once("secret=").expect("a secret").1;
        let email = format!("{name}@example.org");
        let fields = [("secret", secret), ("name", name), ("display_name", name), ("email", &email), ("password", PASSWORD)];
        let reply = self.anyone().form("/start", &fields).await.status(303);
        self.anyone().session(&reply)
    }
}

impl Client {
    /// The same browser with the session's cookie that a reply set.
    pub fn session(&self, reply: &Reply) -> Self {
        self.with("cookie", &reply.session().expect("a session's cookie")).with("sec-fetch-site", "same-origin")
    }
}

impl Reply {
    /// The session's cookie that it set.
    pub fn session(&self) -> Option<String> {
        let cookies = self.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
        cookies.filter_map(|value| value.split(';').next()).find(|pair| pair.starts_with("id=") && pair.len() > 3).map(str::to_owned)
    }
}
