import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The protocol that every adapter speaks; benches/peers/README.md describes it. */
final class Protocol {
    record Rule(String name, String pattern) {}

    interface Engine {
        void add(Rule rule) throws Exception;

        void remove(Rule rule) throws Exception;

        int count(String event) throws Exception;
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CHANGES_AT_ONCE = 64;
    private static final long CLOCK_INTERVAL = 100_000;

    private final Engine engine;
    private final Path directory;
    private final double limit;
    private List<String> events;

    private Protocol(Engine engine, Path directory, double limit) {
        this.engine = engine;
        this.directory = directory;
        this.limit = limit;
    }

    static void serve(Engine engine, String[] arguments) throws Exception {
        double check = Double.parseDouble(arguments[1]);
        var protocol = new Protocol(engine, Path.of(arguments[0]), Double.parseDouble(arguments[2]));
        if (!protocol.load(check)) {
            return;
        }
        var changes = protocol.rules("changes.jsonl");
        var commands = new BufferedReader(new InputStreamReader(System.in));
        for (var command = commands.readLine(); command != null; command = commands.readLine()) {
            // The passes of the others have emptied the caches.
            protocol.timed();
            var churn = command.startsWith("churn ");
            print(churn ? protocol.churned(changes, Integer.parseInt(command.substring(6))) : protocol.timed());
        }
    }

    private boolean load(double check) throws Exception {
        var rules = rules("rules.jsonl");
        var removed = rules("removed.jsonl");
        events = Files.readAllLines(directory.resolve("events.jsonl"));
        long before = heap();
        long start = System.nanoTime();
        for (var all : List.of(rules, removed)) {
            for (var rule : all) {
                try {
                    engine.add(rule);
                } catch (Exception error) {
                    print(Map.of("skip", rule.name + ": " + error.getMessage()));
                    return false;
                }
            }
        }
        for (var rule : removed) {
            engine.remove(rule);
        }
        double seconds = since(start);
        long memory = heap() - before;
        start = System.nanoTime();
        var counts = new ArrayList<Integer>();
        for (var event : events) {
            counts.add(engine.count(event));
            if (since(start) > check) {
                break;
            }
        }
        events = events.subList(0, counts.size());
        print(Map.of("load_seconds", seconds, "memory_bytes", memory, "counts", counts));
        return true;
    }

    private List<Rule> rules(String file) throws Exception {
        var rules = new ArrayList<Rule>();
        try (var lines = Files.lines(directory.resolve(file))) {
            for (var line : (Iterable<String>) lines::iterator) {
                JsonNode rule = JSON.readTree(line);
                rules.add(new Rule(rule.get("name").asText(), rule.get("pattern").toString()));
            }
        }
        return rules;
    }

    private Map<String, Object> timed() throws Exception {
        var events = this.events.toArray(new String[0]);
        int at = 0;
        long done = 0;
        long chunk = 1;
        long start = System.nanoTime();
        long elapsed = 0;
        while (elapsed < limit * 1e9) {
            for (long left = chunk; left > 0; left--) {
                engine.count(events[at]);
                at = at + 1 == events.length ? 0 : at + 1;
            }
            done += chunk;
            long now = System.nanoTime() - start;
            // The clock is read often enough to end in time, and seldom enough to cost nothing.
            if (now - elapsed < CLOCK_INTERVAL) {
                chunk *= 2;
            }
            elapsed = now;
        }
        return Map.of("events", done, "seconds", elapsed / 1e9);
    }

    /** Runs a pass while another thread adds and removes rules, so many changes a second. */
    private Map<String, Object> churned(List<Rule> changes, int rate) throws Exception {
        var times = new ArrayList<Double>();
        var writer = new Thread(() -> change(changes, rate, times));
        writer.start();
        var result = new java.util.HashMap<>(timed());
        writer.interrupt();
        writer.join();
        result.put("change_seconds", times);
        return result;
    }

    private void change(List<Rule> changes, int rate, List<Double> times) {
        long start = System.nanoTime();
        try {
            for (int number = 0; ; number++) {
                long wait = start + number * (1_000_000_000L / rate) - System.nanoTime();
                Thread.sleep(Math.max(0, wait / 1_000_000), (int) Math.max(0, wait % 1_000_000));
                long before = System.nanoTime();
                int at = number / 2;
                if (number % 2 == 0) {
                    engine.add(changes.get(at % changes.size()));
                } else if (at >= CHANGES_AT_ONCE) {
                    engine.remove(changes.get((at - CHANGES_AT_ONCE) % changes.size()));
                }
                times.add(since(before));
            }
        } catch (InterruptedException over) {
            // The pass has ended.
        } catch (Exception error) {
            throw new IllegalStateException(error);
        }
    }

    private static double since(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static long heap() {
        System.gc();
        var runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static void print(Map<String, Object> message) throws Exception {
        System.out.println(JSON.writeValueAsString(message));
    }
}
