//! Which values go together: of every array one element, and absence judged within the elements.
//!
//! ```text
//! {"a": [{"b": 1, "c": [{"d": 2}, {"d": 3}]}, {"b": 4}]}
//!
//!   root ── a ─┬─ a[0]  b=1 ── c ─┬─ c[0]  d=2
//!              │                  └─ c[1]  d=3
//!              └─ a[1]  b=4
//! ```
//!
//! The elements in which values pass or stand against absence form a tree. From the root down,
//! every condition goes to the one array below which it has values, and the elements of that array
//! are tried for all its conditions at once. So the work is linear in elements and conditions.
//!
//! Only where a path has values in several arrays of one element (one array spelled with a dotted
//! name and one with nesting, or a scalar beside them while absence matters) there is a choice to
//! be tried out, condition by condition. Patterns and events can be made that way which state any
//! problem of propositional logic, so no algorithm is known that is fast for all of them. Therefore
//! tries are counted, and an event that takes too many is refused.

use smallvec::SmallVec;

use crate::bits::Bits;
use crate::conjunction::BoundCondition;
use crate::error::{EventError, EventErrorKind};
use crate::values::{ArrayId, ContextId, Facts};

/// So many choices may be tried out for one event, in less than a tenth of a second.
const MAX_TRIES: u32 = 10_000;

/// How a condition is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Joined {
    /// By a value in this element.
    In(ContextId),
    ByAbsence,
}

/// Buffers that are used again for the next conjunction.
#[derive(Debug, Default)]
pub(crate) struct Join {
    tree: Tree,
    joined: Vec<Joined>,
    tries_left: u32,
}

/// The elements that matter for one conjunction.
///
/// Conditions are numbered as given, and the lists of `none` through all conditions.
#[derive(Debug, Default)]
struct Tree {
    nodes: Vec<Node>,
    /// By context: its node, if it has one.
    places: Vec<Option<usize>>,
    /// All nodes but the root, sorted so that the elements of an array stand together.
    elements: Vec<usize>,
    /// By condition: its lists of `none`.
    lists: Vec<std::ops::Range<usize>>,
    may_be_absent: bool,
}

/// An element of an array, or the root.
#[derive(Debug)]
struct Node {
    context: ContextId,
    /// The node and the array it is an element of; meaningless for the root.
    array: (usize, ArrayId),
    /// Conditions that a value right here passes.
    here: Bits,
    /// Conditions that a value here or further down passes.
    below: Bits,
    /// Lists that a value right here stands against.
    blocked_here: Bits,
    /// Lists that a value here or further down stands against.
    blocked: Bits,
}

impl Join {
    /// Begin to count the tries of another event.
    #[inline]
    pub fn start_event(&mut self) {
        self.tries_left = MAX_TRIES;
    }

    /// Make sure that the event did not take too many tries, so that all that was found is true.
    #[inline]
    pub fn check(&self) -> Result<(), EventError> {
        if self.tries_left == 0 {
            return Err(EventError { kind: EventErrorKind::TooAmbiguous, offset: 0 });
        }
        Ok(())
    }

    /// Find out how all conditions can be met together.
    pub fn solve<'b>(
        &mut self,
        conditions: impl Iterator<Item = &'b BoundCondition> + Clone,
        facts: Facts<'_>,
    ) -> Option<&[Joined]> {
        self.tree.build(conditions.clone(), facts);
        self.joined.clear();
        let mut demand = Demand::default();
        for (number, bound) in conditions.enumerate() {
            self.joined.push(Joined::ByAbsence);
            let kind = if bound.may_be_absent() { &mut demand.met } else { &mut demand.passed };
            kind.insert(number);
        }
        let Self { tree, joined, tries_left } = self;
        let holds = Search { tree, joined, tries_left }.element(0, &demand);
        holds.then_some(&*self.joined)
    }
}

impl Tree {
    fn build<'b>(
        &mut self,
        conditions: impl Iterator<Item = &'b BoundCondition>,
        facts: Facts<'_>,
    ) {
        self.nodes.clear();
        self.lists.clear();
        self.places.clear();
        self.places.resize(facts.values.contexts() + 1, None);
        self.node(ContextId::ROOT, facts);
        let mut lists = 0;
        for (number, bound) in conditions.enumerate() {
            for value in bound.passing(facts) {
                let node = self.node(value.context, facts);
                self.nodes[node].here.insert(number);
            }
            let first = lists;
            for tests in &bound.list.none {
                for value in bound.blocking(tests, facts) {
                    let node = self.node(value.context, facts);
                    self.nodes[node].blocked_here.insert(lists);
                }
                lists += 1;
            }
            self.lists.push(first..lists);
        }
        self.may_be_absent = lists > 0;
        self.sum_up();
    }

    /// Return the node of a context, made with all above it if need be.
    fn node(&mut self, context: ContextId, facts: Facts<'_>) -> usize {
        if let Some(node) = self.places[context.0 as usize] {
            return node;
        }
        let array = match facts.values.context(context) {
            Some(element) => (self.node(element.parent, facts), element.array),
            None => (0, ArrayId(0)),
        };
        let node = self.nodes.len();
        self.places[context.0 as usize] = Some(node);
        self.nodes.push(Node {
            context,
            array,
            here: Bits::default(),
            below: Bits::default(),
            blocked_here: Bits::default(),
            blocked: Bits::default(),
        });
        node
    }

    /// Fill in what is further down. Parents come before their children.
    fn sum_up(&mut self) {
        for place in (0..self.nodes.len()).rev() {
            let node = &mut self.nodes[place];
            node.below.extend(&node.here);
            node.blocked.extend(&node.blocked_here);
            if place > 0 {
                let (parent, below) = (node.array.0, node.below.clone());
                let blocked = node.blocked.clone();
                self.nodes[parent].below.extend(&below);
                self.nodes[parent].blocked.extend(&blocked);
            }
        }
        self.elements.clear();
        self.elements.extend(1..self.nodes.len());
        self.elements.sort_by_key(|element| (self.nodes[*element].array, *element));
    }

    /// Go through the arrays of a node, each given by its elements.
    fn arrays(&self, node: usize) -> impl Iterator<Item = &[usize]> {
        let array = |element: &usize| self.nodes[*element].array;
        let first = self.elements.partition_point(|element| array(element).0 < node);
        let len = self.elements[first..].partition_point(|element| array(element).0 == node);
        self.elements[first..first + len].chunk_by(move |a, b| array(a) == array(b))
    }

    /// Say whether one element has values for what an array is to be bound by, and for one more.
    fn supports(&self, array: &Array<'_>, condition: usize) -> bool {
        array.below.contains(condition)
            && array
                .elements
                .iter()
                .map(|element| &self.nodes[*element].below)
                .any(|below| below.contains(condition) && array.passed.is_subset(below))
    }

    fn lists_of(&self, condition: usize) -> Bits {
        self.lists[condition].clone().collect()
    }
}

/// What an element, with everything below it, has to contribute.
#[derive(Clone, Debug, Default)]
struct Demand {
    /// Conditions to be met by a value.
    passed: Bits,
    /// Conditions to be met by a value or by absence.
    met: Bits,
    /// Lists that no value may stand against.
    clean: Bits,
    /// Lists that a value further up stands against already.
    spoiled: Bits,
}

/// An array of the element at hand.
struct Array<'t> {
    elements: &'t [usize],
    below: Bits,
    blocked: Bits,
    passed: Bits,
    met: Bits,
}

struct Search<'t, 'j> {
    tree: &'t Tree,
    joined: &'j mut [Joined],
    tries_left: &'j mut u32,
}

/// How one condition can be met in an element.
enum Options {
    /// Nothing is left to be decided.
    Settled,
    Impossible,
    /// Several arrays come into question.
    Open,
}

impl<'t> Search<'t, '_> {
    fn element(&mut self, place: usize, demand: &Demand) -> bool {
        let node = &self.tree.nodes[place];
        if !demand.passed.is_subset(&node.below) || demand.clean.intersects(&node.blocked_here) {
            return false;
        }
        let mut arrays: SmallVec<[Array<'t>; 2]> =
            self.tree.arrays(place).map(|elements| self.tree.array(elements)).collect();
        let mut inner =
            Demand { spoiled: demand.spoiled.union(&node.blocked_here), ..Demand::default() };
        inner.clean.extend(&demand.clean);
        let mut open = Bits::default();
        for condition in demand.passed.union(&demand.met).iter() {
            let must_pass = demand.passed.contains(condition);
            match self.settle(node, condition, must_pass, &mut arrays, &inner.spoiled) {
                Options::Settled => {}
                Options::Impossible => return false,
                Options::Open => open.insert(condition),
            }
        }
        self.try_out(node, &open, &demand.passed, &mut arrays, &mut inner)
    }

    /// Decide about a condition for which there is nothing to choose.
    fn settle(
        &mut self,
        node: &Node,
        condition: usize,
        must_pass: bool,
        arrays: &mut [Array<'_>],
        spoiled: &Bits,
    ) -> Options {
        let lists = self.tree.lists_of(condition);
        let here = node.here.contains(condition);
        let in_array = arrays.iter().any(|array| array.below.contains(condition));
        // A value that binds nothing is as good as any, unless an element that another value
        // would bind keeps out what stands against an absence.
        if here && !(in_array && self.tree.may_be_absent) {
            self.joined[condition] = Joined::In(node.context);
            return Options::Settled;
        }
        let mut homes = arrays
            .iter_mut()
            .filter(|array| array.below.contains(condition) || lists.intersects(&array.blocked));
        match (homes.next(), homes.next()) {
            _ if here => Options::Open,
            (None, _) if must_pass || lists.is_subset(spoiled) => Options::Impossible,
            (None, _) => {
                self.joined[condition] = Joined::ByAbsence;
                Options::Settled
            }
            (Some(home), None) => {
                if must_pass { &mut home.passed } else { &mut home.met }.insert(condition);
                Options::Settled
            }
            (Some(_), Some(_)) => Options::Open,
        }
    }

    /// Try all ways to meet the open conditions, first the one with the fewest ways.
    fn try_out(
        &mut self,
        node: &Node,
        open: &Bits,
        must_pass: &Bits,
        arrays: &mut [Array<'t>],
        inner: &mut Demand,
    ) -> bool {
        let ways = |condition: &usize| {
            let absences = !must_pass.contains(*condition);
            let homes = arrays.iter().filter(|array| self.tree.supports(array, *condition));
            usize::from(node.here.contains(*condition)) + usize::from(absences) + homes.count()
        };
        let Some(condition) = open.iter().min_by_key(ways) else {
            return arrays.iter().all(|array| self.array(array, inner));
        };
        *self.tries_left = self.tries_left.saturating_sub(1);
        if *self.tries_left == 0 {
            return false;
        }
        let mut rest = open.clone();
        rest.remove(condition);
        let rest = &rest;
        if node.here.contains(condition) {
            self.joined[condition] = Joined::In(node.context);
            if self.try_out(node, rest, must_pass, arrays, inner) {
                return true;
            }
        }
        for place in 0..arrays.len() {
            if self.tree.supports(&arrays[place], condition) {
                arrays[place].passed.insert(condition);
                if self.try_out(node, rest, must_pass, arrays, inner) {
                    return true;
                }
                arrays[place].passed.remove(condition);
            }
        }
        if must_pass.contains(condition) {
            return false;
        }
        for list in self.tree.lists[condition].clone() {
            if !inner.spoiled.contains(list) {
                inner.clean.insert(list);
                self.joined[condition] = Joined::ByAbsence;
                if self.try_out(node, rest, must_pass, arrays, inner) {
                    return true;
                }
                inner.clean.remove(list);
            }
        }
        false
    }

    /// Bind an array to an element that meets what the array has to, or leave it unbound.
    fn array(&mut self, array: &Array<'_>, inner: &Demand) -> bool {
        let mut demand =
            Demand { passed: array.passed.clone(), met: array.met.clone(), ..inner.clone() };
        if !demand.passed.is_empty() {
            return self.any_element(array, &demand);
        }
        if self.is_absent_throughout(array, inner) {
            array.met.iter().for_each(|condition| self.joined[condition] = Joined::ByAbsence);
            return true;
        }
        // Only a value binds an element, so one of the conditions has to be met by one.
        array.met.iter().filter(|condition| array.below.contains(*condition)).any(|condition| {
            demand.passed = Bits::one(condition);
            demand.met = array.met.clone();
            demand.met.remove(condition);
            self.any_element(array, &demand)
        })
    }

    fn any_element(&mut self, array: &Array<'_>, demand: &Demand) -> bool {
        array.elements.iter().any(|element| self.element(*element, demand))
    }

    fn is_absent_throughout(&self, array: &Array<'_>, inner: &Demand) -> bool {
        let spoiled = inner.spoiled.union(&array.blocked);
        !inner.clean.intersects(&array.blocked)
            && array.met.iter().all(|condition| !self.tree.lists_of(condition).is_subset(&spoiled))
    }
}

impl Tree {
    fn array<'t>(&'t self, elements: &'t [usize]) -> Array<'t> {
        let (mut below, mut blocked) = (Bits::default(), Bits::default());
        for element in elements {
            below.extend(&self.nodes[*element].below);
            blocked.extend(&self.nodes[*element].blocked);
        }
        Array { elements, below, blocked, passed: Bits::default(), met: Bits::default() }
    }
}
