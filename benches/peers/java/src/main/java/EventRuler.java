import software.amazon.event.ruler.Machine;

/** Measures event-ruler. */
final class EventRuler implements Protocol.Engine {
    private final Machine machine = new Machine();

    public static void main(String[] arguments) throws Exception {
        Protocol.serve(new EventRuler(), arguments);
    }

    @Override
    public void add(Protocol.Rule rule) throws Exception {
        machine.addRule(rule.name(), rule.pattern());
    }

    @Override
    public void remove(Protocol.Rule rule) throws Exception {
        machine.deleteRule(rule.name(), rule.pattern());
    }

    @Override
    public int count(String event) throws Exception {
        return machine.rulesForJSONEvent(event).size();
    }
}
