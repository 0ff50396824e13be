//! What an organisation's past says about its work: flow, times, promises, and what to expect.
//!
//! Definitions. A task is *begun* when it first comes to a column of work under way (`doing`, `review`; or `done` at once) and *finished* when it comes to a
//! column of finished work; going back takes the finish away, not the beginning. Days are those of UTC.
//!
//! - Cycle time: the day it was finished − the day it was begun + 1, as ActionableAgile has it (D. Vacanti, *Actionable Agile Metrics for Predictability*);
//!   Kanboard has the same two ends, but counts what passed between them.
//! - Lead time: the same from the day it was written down (Kanboard: from creation to completion).
//! - Age of work under way: today − the day it was begun + 1.
//! - Percentiles: the nearest rank, so that one of the times measured is told: at least that many in a hundred took as long or less.
//! - Throughput: tasks finished in a week (from Monday) or a day.
//! - Cumulative flow: how many tasks stand in each category at the end of each day.

mod flow;
mod forecast;
mod spread;

use serde::{Deserialize, Serialize};

pub use self::{
    flow::{Counted, Crossing, columns, flow},
    forecast::{Forecast, HORIZON, TASKS_MAX, THIN, TRIALS, forecast},
    spread::{Spread, Took, months, throughput, times},
};
use crate::{board::Category, day::Day, id::TaskKey, ledger::Step};

/// Days looked back where nobody says how many.
pub const DAYS: i64 = 90;
/// Most days of a period: two years.
pub const DAYS_MAX: i64 = 731;
/// Most tasks told of those under way: the oldest.
pub const AGEING_MAX: u64 = 50;

words! {
    /// A chart, and the numbers behind it.
    Chart {
        /// Tasks in each category at the end of each day.
        Flow = "flow",
        /// How long finished tasks took.
        CycleTime = "cycle-time",
        /// Tasks finished in each week.
        Throughput = "throughput",
        /// Work under way, the oldest first.
        Ageing = "ageing",
        /// Time in each column, and how often its limit was passed.
        Columns = "columns",
        /// Promises made, kept, moved and dropped in each month.
        Commitments = "commitments",
        /// Impact of the gaps that finished tasks closed.
        Impact = "impact",
        /// When so many will be done.
        Forecast = "forecast",
    }
}

/// Which tasks, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// A query over tasks; all where it is empty. What it says of their state holds for now: without `is:open`, finished ones count.
    #[serde(default)]
    pub q: String,
    /// The first day; 89 days before the last where it is not said.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", param(value_type = Option<Day>))]
    pub from: String,
    /// The last day; today where it is not said.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", param(value_type = Option<Day>))]
    pub to: String,
    /// How many tasks a forecast is for, 1 to 1000; those open where it is not said.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", param(value_type = Option<i64>))]
    pub tasks: String,
}

/// Everything about a period.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Insight {
    /// A line a day, oldest first.
    pub flow: Vec<FlowDay>,
    /// How long what was finished took.
    pub times: Times,
    /// A line a week, oldest first; the first and the last may be parts of weeks.
    pub throughput: Vec<Week>,
    /// Work under way, the oldest first: 50 at most.
    pub ageing: Vec<Ageing>,
    /// Every column where a task stood, board by board.
    pub columns: Vec<ColumnTime>,
    /// A line a month, oldest first.
    pub commitments: Vec<Month>,
    /// What finished work did to impact.
    pub impact: Removed,
    /// When the tasks asked about will be done; none where nothing was finished in the period or nothing is to do.
    pub forecast: Option<Forecast>,
}

/// What one chart shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum Part {
    /// `flow`
    Flow(Vec<FlowDay>),
    /// `cycle-time`
    CycleTime(Times),
    /// `throughput`
    Throughput(Vec<Week>),
    /// `ageing`
    Ageing(Vec<Ageing>),
    /// `columns`
    Columns(Vec<ColumnTime>),
    /// `commitments`
    Commitments(Vec<Month>),
    /// `impact`
    Impact(Removed),
    /// `forecast`
    Forecast(Option<Forecast>),
}

impl Insight {
    /// What one chart shows.
    #[must_use]
    pub fn part(self, chart: Chart) -> Part {
        match chart {
            Chart::Flow => Part::Flow(self.flow),
            Chart::CycleTime => Part::CycleTime(self.times),
            Chart::Throughput => Part::Throughput(self.throughput),
            Chart::Ageing => Part::Ageing(self.ageing),
            Chart::Columns => Part::Columns(self.columns),
            Chart::Commitments => Part::Commitments(self.commitments),
            Chart::Impact => Part::Impact(self.impact),
            Chart::Forecast => Part::Forecast(self.forecast),
        }
    }
}

/// How many tasks stood where at the end of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FlowDay {
    /// The day.
    pub day: Day,
    /// Not yet thought through.
    pub backlog: i64,
    /// Could be begun.
    pub ready: i64,
    /// Were worked on.
    pub doing: i64,
    /// Were checked.
    pub review: i64,
    /// Were finished, ever.
    pub done: i64,
}

impl FlowDay {
    /// How many of a category.
    #[must_use]
    pub const fn of(&self, category: Category) -> i64 {
        match category {
            Category::Backlog => self.backlog,
            Category::Ready => self.ready,
            Category::Doing => self.doing,
            Category::Review => self.review,
            Category::Done => self.done,
        }
    }
}

/// How long finished tasks took, in days.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Times {
    /// How many were finished.
    pub finished: i64,
    /// From when they were begun; none where nothing was finished.
    pub cycle: Option<Spread>,
    /// From when they were written down.
    pub lead: Option<Spread>,
    /// Those finished on one day that took as long are one point; by day.
    pub points: Vec<Point>,
}

/// Tasks finished on one day that took as long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = InsightPoint))]
pub struct Point {
    /// The day they were finished.
    pub day: Day,
    /// Cycle time in days, from 1.
    pub cycle: i64,
    /// Lead time in days, from 1.
    pub lead: i64,
    /// How many.
    pub tasks: i64,
}

/// Tasks finished in a week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = InsightWeek))]
pub struct Week {
    /// Its Monday.
    pub start: Day,
    /// How many.
    pub finished: i64,
}

/// A task under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ageing {
    /// Its key.
    pub key: TaskKey,
    /// In one line.
    pub title: String,
    /// Slug of the board.
    pub board: String,
    /// Name of the column.
    pub column_name: String,
    /// What it means to stand there.
    pub category: Category,
    /// Days since it was begun, from 1.
    pub age: i64,
    /// Days since it came to this column, from 1.
    pub here: i64,
}

/// What a column took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ColumnTime {
    /// Slug of the board.
    pub board: String,
    /// Slug of the column.
    pub column: String,
    /// Its name today; the slug of one that is gone.
    pub name: String,
    /// How many stays there ended in the period.
    pub stays: i64,
    /// How long those took on average, in hours.
    pub hours: i64,
    /// How many tasks stand there now.
    pub standing: i64,
    /// Its limit today.
    pub limit: Option<i64>,
    /// At the end of how many days more stood there than that.
    pub over: i64,
}

/// What became of promises in a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = InsightMonth))]
pub struct Month {
    /// Its first day.
    pub month: Day,
    /// Promises made.
    pub made: i64,
    /// Targets that moved.
    pub moved: i64,
    /// Kept in time, or without a day to keep.
    pub kept: i64,
    /// Kept after their day.
    pub late: i64,
    /// Taken back.
    pub dropped: i64,
}

impl Month {
    /// Counts a step.
    pub const fn count(&mut self, step: Step) {
        match step {
            Step::Made => self.made += 1,
            Step::Moved => self.moved += 1,
            Step::Kept => self.kept += 1,
            Step::Late => self.late += 1,
            Step::Dropped => self.dropped += 1,
        }
    }
}

/// What finished work did to impact: tasks finished in the period, and the gaps they resolved or implemented that are closed now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Removed {
    /// Tasks finished.
    pub tasks: i64,
    /// Deltas closed, each once, as far as the reader may see.
    pub deltas: i64,
    /// Their impact, added up.
    pub impact: i64,
}

impl Removed {
    /// Impact for each finished task, in tenths; none where none was finished.
    #[must_use]
    pub fn tenths(&self) -> Option<i64> {
        (self.tasks > 0).then(|| (self.impact * 10 + self.tasks / 2) / self.tasks)
    }
}

/// The page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InsightPage {
    /// The organisation's slug.
    pub org: String,
    /// Its name.
    pub org_name: String,
    /// What was asked, as typed.
    pub asked: Asked,
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
    /// What is wrong with what was asked: then there is nothing to show.
    pub error: Option<String>,
    /// What there is to show.
    pub insight: Insight,
}
