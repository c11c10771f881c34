//! A run of many stages: each under a heading, none stops the next, and the real tests of all of them are summed.

use std::time::Instant;

use anyhow::{Result, bail};

/// A suite while it runs.
#[derive(Debug)]
pub struct Suite {
    start: Instant,
    total: Counts,
    broken: Vec<String>,
}

/// Tests as their runners counted them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    passed: u64,
    failed: u64,
}

impl Suite {
    /// A suite of which nothing has run.
    pub fn new() -> Self {
        Self { start: Instant::now(), total: Counts::default(), broken: Vec::new() }
    }

    /// Runs a stage that succeeds or fails as a whole.
    pub fn check(&mut self, name: &str, work: impl FnOnce() -> Result<()>) {
        println!("\n=== {name}");
        let start = Instant::now();
        let outcome = work();
        let seconds = start.elapsed().as_secs_f64();
        match outcome {
            Ok(()) => println!("--- {name}: ok, {seconds:.1} s"),
            Err(error) => {
                println!("--- {name}: FAILED, {seconds:.1} s: {error:#}");
                self.broken.push(name.to_owned());
            }
        }
    }

    /// Runs a stage whose lines hold a test runner's counts; a stage that ran no test has failed.
    pub fn tests(&mut self, name: &str, work: impl FnOnce(&mut Counts) -> Result<()>) {
        let mut counts = Counts::default();
        self.check(name, || {
            work(&mut counts)?;
            match counts {
                Counts { passed: 0, failed: 0 } => bail!("no test ran"),
                Counts { failed: 0, .. } => Ok(()),
                Counts { failed, .. } => bail!("{failed} tests failed"),
            }
        });
        self.total.add(counts);
    }

    /// Names the stages that failed, prints the closing line, and says whether all went well.
    pub fn close(self) -> bool {
        println!("\n{:.0} s in all", self.start.elapsed().as_secs_f64());
        for name in &self.broken {
            println!("failed: {name}");
        }
        println!("{} passed, {} failed", self.total.passed, self.total.failed);
        self.broken.is_empty() && self.total.failed == 0
    }
}

impl Counts {
    /// Adds what another runner counted.
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// Adds what `line` says, if it is the closing line of libtest, wasm-bindgen-test or node's test runner.
    pub fn read(&mut self, line: &str) {
        let line = line.trim();
        if let Some(result) = line.strip_prefix("test result: ") {
            self.passed += number_before(result, " passed");
            self.failed += number_before(result, " failed");
        } else if let Some(summary) = line.strip_prefix("ℹ ").or_else(|| line.strip_prefix("# "))
        {
            match summary.split_once(' ') {
                Some(("pass", count)) => self.passed += count.parse().unwrap_or(0),
                Some(("fail" | "cancelled", count)) => self.failed += count.parse().unwrap_or(0),
                _ => {}
            }
        }
    }
}

fn number_before(text: &str, word: &str) -> u64 {
    let before = text.split_once(word).map_or("", |(before, _)| before);
    before.rsplit(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(lines: &[&str]) -> Counts {
        let mut counts = Counts::default();
        lines.iter().for_each(|line| counts.read(line));
        counts
    }

    #[test]
    fn closing_lines_of_all_runners_are_summed() {
        let lines = [
            "running 3 tests",
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "    test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 filtered out",
            "ℹ tests 6",
            "ℹ pass 5",
            "ℹ fail 1",
            "# cancelled 1",
        ];
        assert_eq!(counted(&lines), Counts { passed: 21, failed: 4 });
    }

    #[test]
    fn a_stage_that_ran_no_test_fails_the_suite() {
        let mut suite = Suite::new();
        suite.tests("empty", |_| Ok(()));
        assert!(!suite.close());
    }

    #[test]
    fn one_failed_check_fails_a_suite_whose_tests_pass() {
        let mut suite = Suite::new();
        suite.tests("good", |counts| {
            counts.read("test result: ok. 1 passed; 0 failed");
            Ok(())
        });
        suite.check("bad", || bail!("no"));
        assert_eq!(suite.total, Counts { passed: 1, failed: 0 });
        assert!(!suite.close());
    }
}
