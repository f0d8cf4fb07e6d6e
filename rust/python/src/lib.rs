//! The Python module `rulebus._core`: matching, envelopes, transforms, and the hot path of delivery.
//!
//! The classes are documented in `python/rulebus/_core.pyi`.

mod batch;
mod delivery;
mod entry;
mod envelope;
mod errors;
mod event;
mod explanation;
mod finite;
mod input;
mod lines;
mod many;
mod matcher;
mod matches;
mod name;
mod pattern;
mod put_result;
mod share;
mod statistics;
mod threads;
mod transform;

use pyo3::prelude::*;

/// The matching automaton, the envelopes and the transforms of rulebus.
// Threads without a GIL are not tested, so the module does not claim to support them.
#[pymodule(gil_used = true)]
mod _core {
    use pyo3::exceptions::PyRuntimeWarning;
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::delivery::{EventQueue, ReadyQueues, Turn};
    #[pymodule_export]
    use crate::envelope::{EnvelopeWriter, entry_size};
    #[pymodule_export]
    use crate::event::{Event, views};
    #[pymodule_export]
    use crate::explanation::{
        ConditionExplanation, ConjunctionExplanation, Explanation, ValueExplanation,
    };
    #[pymodule_export]
    use crate::finite::is_finite;
    #[pymodule_export]
    use crate::matcher::Matcher;
    #[pymodule_export]
    use crate::pattern::EventPattern;
    #[pymodule_export]
    use crate::transform::{EventPath, Transform, forwarded};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        let py = module.py();
        module.add("MatcherStatistics", crate::statistics::class(py)?)?;
        crate::envelope::watch_forks(module)?;
        if cfg!(debug_assertions) {
            let warning = c"rulebus._core is a debug build, many times slower than a release build";
            PyErr::warn(py, &py.get_type::<PyRuntimeWarning>(), warning, 1)?;
        }
        Ok(())
    }
}
