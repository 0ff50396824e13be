//! Plays the story: each step by the act that a person would use, at its time.

use std::collections::HashMap;

use bytes::Bytes;
use futures_util::stream;
use schema::{
    id::{DeltaKey, TaskKey},
    user::Register,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::{
    plan::{Step, days, plan},
    report,
    world::{Org, Project, Task, World},
};
use crate::{
    act::{self, attachment::For},
    app::App,
    caller::{Caller, Via, Who},
    error::{Error, Result},
    store,
};

/// A picture to attach: how many sessions a broker's peers kept over an afternoon of restarts.
const PICTURE: &[u8] = include_bytes!("sessions.png");
/// How many days before now the world begins.
const BEGIN: f64 = 60.0;

/// The story as far as it has been told.
pub(super) struct Stage<'a> {
    pub app: &'a App,
    pub now: OffsetDateTime,
    world: &'a World,
    deltas: HashMap<&'a str, DeltaKey>,
    tasks: HashMap<&'a str, TaskKey>,
}

/// Tells the whole story; the clock is at `now` again afterwards.
///
/// # Errors
/// When an act refuses what the data say.
pub(super) async fn play(app: &App, world: &World, password: &str, now: OffsetDateTime) -> Result<()> {
    let mut stage = Stage { app, now, world, deltas: HashMap::new(), tasks: HashMap::new() };
    app.clock.set(now - days(BEGIN));
    stage.people(world, password).await?;
    for project in &world.ground.project {
        stage.project(project).await?;
    }
    for org in &world.ground.org {
        stage.org(org).await?;
    }
    for (ago, step) in plan(world) {
        app.clock.set(now - days(ago));
        stage.step(step).await?;
    }
    stage.relations().await?;
    stage.decisions().await?;
    app.clock.set(now);
    act::impact::refresh(app).await
}

/// A request of the API from its words.
pub(super) fn asked<T: DeserializeOwned>(words: Value) -> Result<T> {
    let shown = words.to_string();
    serde_json::from_value(words).map_err(|error| Error::start(format!("the demo's data: {error} in {shown}")))
}

impl<'a> Stage<'a> {
    /// Lets a moment pass, so that nothing happens at the same time.
    fn later(&self) {
        self.app.clock.advance(Duration::seconds(7));
    }

    /// A person, with what they may do by now.
    pub(super) async fn caller(&self, name: &str) -> Result<Caller> {
        let mut tx = self.app.db.read().await?;
        let ids = store::user::by_names(&mut tx, &[name]).await?;
        let who = match ids.get(name) {
            Some(id) => store::user::who(&mut tx, *id).await?,
            None => None,
        };
        let who = who.ok_or_else(|| Error::start(format!("the demo's data: nobody is called {name}")))?;
        Ok(Caller::new(Who { via: Via::Session, ..who }))
    }

    /// The number that a delta of the data has here.
    pub(super) fn delta(&self, key: &str) -> Result<DeltaKey> {
        self.deltas.get(key).copied().ok_or_else(|| Error::start(format!("the demo's data: no delta {key} yet")))
    }

    /// The first maintainer of a project.
    pub(super) async fn maintainer(&self, project: &str) -> Result<Caller> {
        let found = self.world.ground.project.iter().find(|known| known.slug == project);
        self.caller(found.and_then(|known| known.maintainers.first()).map_or("", String::as_str)).await
    }

    /// What the deltas have to do with each other, in their reporters' words.
    async fn relations(&self) -> Result<()> {
        for delta in &self.world.deltas {
            for (relation, other) in &delta.relations {
                let relation = relation.parse().map_err(|error| Error::start(format!("the demo's data: {error}")))?;
                let caller = self.caller(&delta.by).await?;
                act::relation::put(self.app, &caller, self.delta(&delta.key)?, self.delta(other)?, relation).await?;
            }
        }
        Ok(())
    }

    /// How the projects decide from now on.
    async fn decisions(&self) -> Result<()> {
        for project in &self.world.ground.project {
            let Some((rule, number)) = &project.decision else { continue };
            let of = if rule == "lazy" { "days" } else { "approvals" };
            let decision = asked(json!({ "rule": rule, of: number }))?;
            act::consensus::put_rule(self.app, &self.maintainer(&project.slug).await?, &project.slug, decision).await?;
        }
        Ok(())
    }

    async fn people(&self, world: &'a World, password: &str) -> Result<()> {
        let hash = self.app.passwords.hash(password).await?;
        for person in &world.ground.people {
            let (name, password) = (person.name.clone(), password.to_owned());
            let account =
                Register { email: format!("{name}@demo.example"), name, display_name: person.shown.clone(), password, invite: None };
            let mut tx = self.app.db.write().await?;
            act::user::create(&mut tx, account, &hash, person.admin, self.app.clock.now()).await?;
            tx.commit().await?;
            self.later();
        }
        Ok(())
    }

    async fn project(&self, project: &'a Project) -> Result<()> {
        let (app, slug) = (self.app, project.slug.as_str());
        let [first, others @ ..] = project.maintainers.as_slice() else { return Ok(()) };
        let new = json!({ "slug": slug, "name": project.name, "description": project.description });
        act::project::create(app, &self.caller(first).await?, asked(new)?).await?;
        // Asked again: now they maintain it.
        let caller = self.caller(first).await?;
        for name in others {
            self.later();
            act::project::add_maintainer(app, &caller, slug, name).await?;
        }
        for (component, name) in &project.components {
            act::project::put_component(app, &caller, slug, component, asked(json!({ "name": name }))?).await?;
        }
        for (index, release) in project.releases.iter().enumerate() {
            // The last two are still to come.
            let out = (index + 2 < project.releases.len()).then(|| self.now - days(50.0 - 20.0 * index as f64));
            let put = schema::project::PutRelease { released_at: out };
            act::project::put_release(app, &caller, slug, release, put).await?;
        }
        for segment in &project.segment {
            self.later();
            let put = json!({ "name": segment.name, "description": segment.description });
            act::segment::put(app, &caller, slug, &segment.slug, asked(put)?).await?;
            for name in &segment.members {
                self.later();
                act::segment::join(app, &self.caller(name).await?, slug, &segment.slug).await?;
            }
        }
        Ok(())
    }

    async fn org(&self, org: &'a Org) -> Result<()> {
        let (app, slug) = (self.app, org.slug.as_str());
        let new = json!({ "slug": slug, "name": org.name, "key_prefix": org.key_prefix });
        let made = act::org::create(app, &self.caller(&org.owner).await?, &asked(new)?).await?;
        let caller = self.caller(&org.owner).await?;
        act::org::change(app, &caller, slug, made.version, &asked(json!({ "openness": org.openness }))?).await?;
        for (name, role) in &org.members {
            self.later();
            act::org::set_member(app, &caller, slug, name, asked(json!(role))?).await?;
        }
        for (watch, query) in &org.watches {
            act::triage::put_watch(app, &caller, slug, watch, &asked(json!({ "query": query }))?).await?;
        }
        let weights = org.lens.iter().map(|of| json!({ "project": of.project, "segment": of.segment, "weight": of.weight }));
        act::lens::put(app, &caller, slug, &asked(json!({ "weights": weights.collect::<Vec<_>>() }))?).await?;
        for board in &org.board {
            self.later();
            let columns = board.columns.iter().map(|column| {
                let mut parts = column.split(':');
                let (name, category) = (parts.next(), parts.next());
                json!({ "name": name, "category": category, "wip_limit": parts.next().and_then(|limit| limit.parse::<i64>().ok()) })
            });
            let new = json!({ "slug": board.slug, "name": board.name, "columns": columns.collect::<Vec<_>>() });
            act::board::create(app, &caller, slug, &asked(new)?).await?;
        }
        Ok(())
    }

    async fn step(&mut self, step: Step<'a>) -> Result<()> {
        let app = self.app;
        match step {
            Step::File(delta) => {
                let new = json!({
                    "kind": delta.kind, "project": delta.project, "components": delta.components, "title": delta.title,
                    "desired": delta.desired.trim(), "actual": delta.actual.trim(), "body": delta.body.trim(),
                    "body_format": delta.body_format.as_deref().unwrap_or("markdown"),
                    "visibility": if delta.private { "private" } else { "public" },
                    // Each of its crashes is a step of its own.
                    "keep_trace": false,
                });
                let row = act::delta::file(app, &self.caller(&delta.by).await?, asked(new)?).await?.row;
                self.deltas.insert(&delta.key, row.key());
            }
            Step::AddPlace(delta, place) => {
                let put = asked(json!({ "components": place.components }))?;
                act::place::put(app, &self.caller(&delta.by).await?, self.delta(&delta.key)?, &place.project, put).await?;
            }
            Step::Vote(delta, name, severity) => {
                act::impact::vote(app, &self.caller(name).await?, self.delta(&delta.key)?, severity, "").await?;
            }
            Step::Occurrence(delta, seen) => {
                let new = asked(json!({ "trace": delta.trace, "version": seen.version, "platform": seen.platform }))?;
                act::occurrence::add(app, &self.caller(&seen.by).await?, self.delta(&delta.key)?, new).await?;
            }
            Step::Behalf(delta, said) => {
                let segment = |slug: &String| json!({ "project": delta.project, "segment": slug });
                let record = json!({
                    "name": said.name, "org": said.org, "project": said.org.is_none().then_some(&delta.project), "severity": said.severity,
                    "note": said.note, "segments": said.segments.iter().map(segment).collect::<Vec<_>>(),
                });
                act::outsider::record(app, &self.caller(&said.by).await?, self.delta(&delta.key)?, &asked(record)?).await?;
            }
            Step::Still(delta, still, name) => {
                let confirm = asked(json!({ "release": still.release, "project": delta.project }))?;
                act::impact::confirm(app, &self.caller(name).await?, self.delta(&delta.key)?, &confirm).await?;
            }
            Step::Fixed(delta, answer) => {
                let put = asked(json!({ "answer": answer.answer, "note": answer.note }))?;
                act::fixed::put(app, &self.caller(&answer.by).await?, self.delta(&delta.key)?, &put).await?;
            }
            Step::Comment(delta, comment) => {
                let (key, caller) = (self.delta(&delta.key)?, self.caller(&comment.by).await?);
                let first = comment.first.as_ref().unwrap_or(&comment.text);
                let said = act::comment::add(app, &caller, key, asked(json!({ "body": first.trim() }))?).await?;
                if comment.first.is_some() {
                    app.clock.advance(Duration::minutes(4));
                    act::comment::edit(app, &caller, key, said.id, None, asked(json!({ "body": comment.text.trim() }))?).await?;
                }
                if let Some(reason) = &comment.folded {
                    let reason = Some(asked(json!(reason))?);
                    act::comment::minimise(app, &self.maintainer(&delta.project).await?, key, said.id, reason).await?;
                }
            }
            Step::Attach(delta, file) => {
                let (key, caller) = (self.delta(&delta.key)?, self.caller(&file.by).await?);
                let bytes = file.text.as_ref().map_or_else(|| Bytes::from_static(PICTURE), |text| Bytes::from(text.clone()));
                let bytes = stream::iter([Ok::<_, Error>(bytes)]);
                act::attachment::upload(app, &caller, For::Delta(key), &file.name, bytes).await?;
            }
            Step::Position(delta, stated) => {
                let put = asked(json!({ "position": stated.position, "reason": stated.reason }))?;
                act::place::put_position(app, &self.caller(&stated.by).await?, self.delta(&delta.key)?, &delta.project, put).await?;
            }
            Step::Consensus(delta, set) => {
                let project = set.project.as_ref().unwrap_or(&delta.project);
                let put = asked(json!({ "state": set.state, "rationale": set.rationale }))?;
                act::place::put_consensus(app, &self.caller(&set.by).await?, self.delta(&delta.key)?, project, None, put).await?;
            }
            Step::Evidence(delta) => {
                let put = asked(json!({ "tests": delta.evidence, "needed": 20 }))?;
                let caller = self.maintainer(&delta.project).await?;
                act::evidence::put(app, &caller, self.delta(&delta.key)?, &delta.project, put).await?;
            }
            Step::Signature(delta, query) => {
                let new = asked(json!({ "query": query, "project": delta.project }))?;
                act::signature::add(app, &self.maintainer(&delta.project).await?, self.delta(&delta.key)?, new).await?;
            }
            Step::Resolve(delta, set) => {
                let duplicate = delta.duplicate_of.as_deref().map(|key| self.delta(key)).transpose()?;
                let put = asked(json!({
                    "resolution": set.resolution, "reason": set.reason, "release": set.release, "duplicate_of": duplicate,
                }))?;
                act::resolution::put(app, &self.caller(&set.by).await?, self.delta(&delta.key)?, None, put).await?;
            }
            Step::Task(task) => self.task(task).await?,
            Step::Move(task, column) => {
                let to = asked(json!({ "column": slug(column) }))?;
                act::task::place(app, &self.worker(task).await?, self.known(&task.title)?, None, &to).await?;
            }
            Step::Promise(task, (_, state, target, note)) => {
                let dated = target.len() == 10 && target.starts_with("20");
                let (release, date) = if dated { (None, Some(target)) } else { (Some(target).filter(|name| !name.is_empty()), None) };
                let change = asked(json!({ "state": state, "target_release": release, "target_date": date, "note": note }))?;
                act::task::commit(app, &self.worker(task).await?, self.known(&task.title)?, None, &change).await?;
            }
            Step::Stance(set) => {
                let until = set.days.map(|days| self.now + Duration::days(days));
                let until = until.and_then(|at| at.format(&time::format_description::well_known::Rfc3339).ok());
                let new = asked(json!({ "stance": set.stance, "reason": set.reason, "until": until }))?;
                act::triage::set_stance(app, &self.caller(&set.by).await?, &set.org, self.delta(&set.delta)?, &new).await?;
            }
            Step::Run(ci, job, run) => report::report(self, ci, job, run).await?,
        }
        Ok(())
    }
    async fn task(&mut self, task: &'a Task) -> Result<()> {
        let mut deltas = Vec::new();
        for (delta, relation) in &task.deltas {
            deltas.push(json!({ "delta": self.delta(delta)?, "relation": relation }));
        }
        let new = json!({
            "title": task.title, "body": task.body, "priority": task.priority, "board": task.board, "column": slug(&task.column),
            "assignees": task.assignees, "labels": task.labels, "deltas": deltas,
        });
        let caller = self.caller(&task.by).await?;
        let made = act::task::create(self.app, &caller, &task.org, &asked(new)?).await?;
        if !task.blocked_by.is_empty() {
            let blocked = task.blocked_by.iter().map(|title| self.known(title).cloned()).collect::<Result<Vec<_>>>()?;
            act::task::change(self.app, &caller, &made.key, made.version, &asked(json!({ "blocked_by": blocked }))?).await?;
        }
        self.tasks.insert(&task.title, made.key);
        Ok(())
    }

    /// Who works on a task: the first of its assignees, else who wrote it down.
    async fn worker(&self, task: &Task) -> Result<Caller> {
        self.caller(task.assignees.first().unwrap_or(&task.by)).await
    }

    fn known(&self, title: &str) -> Result<&TaskKey> {
        self.tasks.get(title).ok_or_else(|| Error::start(format!("the demo's data: no task “{title}” yet")))
    }
}

/// The slug that a board gives to a column of this name.
fn slug(column: &str) -> String {
    column.to_lowercase().replace(' ', "-")
}
