//! One client that votes and moves its cards, and keeps a log of what the server has said yes to.

use super::Found;
use crate::client::{Answer, Body, Client};
use anyhow::{Context, Result, bail};
use reqwest::Method;
use serde_json::{Value, json};

const COLUMNS: [&str; 5] = ["later", "next", "doing", "review", "done"];

/// The client and its log.
#[derive(Default)]
pub struct Writer {
    who: Option<Client>,
    votes: Vec<Vote>,
    cards: Vec<Card>,
    /// Which write is next.
    turn: usize,
    acked: u64,
}

struct Vote {
    delta: String,
    acked: Option<i64>,
    /// Asked for, and no answer came.
    asked: Option<i64>,
}

struct Card {
    key: String,
    version: i64,
    column: String,
    /// Asked for, and no answer came.
    asked: Option<String>,
}

impl Writer {
    /// A writer that has written nothing yet. Cards: key, version, column.
    pub fn new(number: usize, who: Client, deltas: &[String], cards: Vec<(String, i64, String)>) -> Self {
        let votes = deltas.iter().map(|delta| Vote { delta: delta.clone(), acked: None, asked: None }).collect();
        let cards = cards.into_iter().map(|(key, version, column)| Card { key, version, column, asked: None }).collect();
        Self { who: Some(who), votes, cards, turn: number * 5, acked: 0 }
    }

    /// Writes, one after the other, until the server is gone or its database is.
    ///
    /// # Errors
    /// When it is refused for another reason.
    pub async fn write(&mut self, base: &str) -> Result<()> {
        let who = self.who.as_ref().context("no client")?.at(base);
        loop {
            self.turn += 1;
            let index = self.turn / 2;
            let answer = if self.turn.is_multiple_of(2) { self.vote(&who, index).await } else { self.shift(&who, index).await };
            match answer {
                Ok(true) => self.acked += 1,
                // No answer, or one that says the database is not there: what was asked may or may not have been kept.
                Ok(false) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }

    async fn vote(&mut self, who: &Client, index: usize) -> Result<bool> {
        let all = self.votes.len();
        let vote = &mut self.votes[index % all];
        // Another severity than before, so that a lost one shows.
        let severity = (vote.acked.unwrap_or_default() + 1 + i64::from(index.is_multiple_of(3))) % 5;
        vote.asked = Some(severity);
        let path = format!("deltas/{}/vote", vote.delta);
        if told(who.ask(Method::PUT, &path, &[], Body::Json(json!({"severity": severity}))).await)?.is_none() {
            return Ok(false);
        }
        (vote.acked, vote.asked) = (Some(severity), None);
        Ok(true)
    }

    async fn shift(&mut self, who: &Client, index: usize) -> Result<bool> {
        let all = self.cards.len();
        let card = &mut self.cards[index % all];
        let at = COLUMNS.iter().position(|column| *column == card.column).unwrap_or_default();
        let column = COLUMNS[(at + 1 + index % 3) % COLUMNS.len()];
        card.asked = Some(column.to_owned());
        let tag = format!("\"{}\"", card.version);
        let path = format!("tasks/{}/placement", card.key);
        let answer = who.ask(Method::PATCH, &path, &[("if-match", &tag)], Body::Json(json!({"column": column}))).await;
        let Some(answer) = told(answer)? else { return Ok(false) };
        card.version = answer["version"].as_i64().with_context(|| format!("a move answered {answer}"))?;
        column.clone_into(&mut card.column);
        card.asked = None;
        Ok(true)
    }

    /// Compares the log with what the server says now, and goes on from there.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn look(&mut self, base: &str) -> Result<Found> {
        let who = self.who.as_ref().context("no client")?.at(base);
        let mut found = Found { acked: std::mem::take(&mut self.acked), ..Found::default() };
        for vote in &mut self.votes {
            let impact = who.get(&format!("deltas/{}/impact", vote.delta)).await?;
            let mine = impact["mine"].as_i64();
            if mine != vote.acked {
                if vote.asked.is_some() && mine == vote.asked {
                    found.kept += 1;
                } else {
                    found.lost.push(format!("the vote on {} is {mine:?}, acknowledged was {:?}", vote.delta, vote.acked));
                }
            }
            (vote.acked, vote.asked) = (mine, None);
        }
        for card in &mut self.cards {
            let task = who.get(&format!("tasks/{}", card.key)).await?;
            let version = task["version"].as_i64().context("a task without version")?;
            let column = task["column"].as_str().unwrap_or_default();
            if (version, column) != (card.version, card.column.as_str()) {
                if version == card.version + 1 && card.asked.as_deref() == Some(column) {
                    found.kept += 1;
                } else {
                    found.lost.push(format!(
                        "{} is version {version} in {column}, acknowledged was version {} in {}",
                        card.key, card.version, card.column
                    ));
                }
            }
            card.version = version;
            column.clone_into(&mut card.column);
            card.asked = None;
        }
        Ok(found)
    }
}

/// The JSON of a yes; `None` when no answer came or the server cannot reach its database.
fn told(answer: Result<Answer>) -> Result<Option<Value>> {
    match answer {
        Err(_) => Ok(None),
        Ok(answer) if [500, 503].contains(&answer.status) => Ok(None),
        Ok(answer) if (200..300).contains(&answer.status) => Ok(Some(answer.json()?)),
        Ok(answer) => bail!("{} answered {}: {}", answer.asked, answer.status, answer.text()),
    }
}
