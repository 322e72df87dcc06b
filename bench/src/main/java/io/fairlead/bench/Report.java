package io.fairlead.bench;

import io.fairlead.base.json.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Collects figures: each is printed when it is there, all are written at the end. */
final class Report {
    private final PrintStream out;
    private final List<Figure> figures = new ArrayList<>();
    private final Map<String, Object> beside = new LinkedHashMap<>();

    Report(PrintStream out) {
        this.out = out;
        line("name", "direct", "ours", "ratio", "unit");
    }

    /** A figure with a name that others rely on. */
    void add(Figure figure) {
        figures.add(figure);
        show(figure);
    }

    /** A figure for people: shown and kept with the raw runs, but no part of latest.json. */
    void note(Figure figure) {
        beside.put(figure.name(), figure);
        show(figure);
    }

    /** Writes latest.json, and a file with everything that stays. */
    void write(Path folder, String started) {
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("latest.json"), Json.writePretty(figures) + "\n");
            Map<String, Object> everything = new LinkedHashMap<>();
            everything.put("started", started);
            everything.put("processors", Runtime.getRuntime().availableProcessors());
            everything.put("figures", figures);
            everything.put("beside", beside);
            String name = "runs-" + started.replaceAll("[^0-9TZ]", "") + ".json";
            Files.writeString(folder.resolve(name), Json.writePretty(everything) + "\n");
            out.println("written: " + folder.resolve("latest.json") + " and " + name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void show(Figure figure) {
        line(
                figure.name(),
                figure.direct() == 0 ? "-" : number(figure.direct()),
                number(figure.ours()),
                figure.ratio() == 0 ? "-" : String.format(Locale.ROOT, "%.2f", figure.ratio()),
                figure.unit());
    }

    private void line(String name, String direct, String ours, String ratio, String unit) {
        out.printf(Locale.ROOT, "%-34s %10s %10s %7s  %s%n", name, direct, ours, ratio, unit);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%.0f" : "%.3f", value);
    }
}
