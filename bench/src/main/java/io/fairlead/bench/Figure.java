package io.fairlead.bench;

import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * One line of build/bench/latest.json.
 *
 * @param direct the median of going direct; 0 where there is no such thing
 * @param ours the median through the line; of revocation the longest
 * @param ratio ours over direct; 0 where there is no direct
 * @param runs every run, in the order they were made
 */
record Figure(String name, String unit, double direct, double ours, double ratio, Map<String, List<Double>> runs) {
    static Figure of(String name, String unit, Runs runs) {
        double direct = Runs.median(runs.direct());
        double ours = Runs.median(runs.ours());
        return new Figure(
                name,
                unit,
                round(direct),
                round(ours),
                direct == 0 ? 0 : round(ours / direct),
                Map.of("direct", rounded(runs.direct()), "ours", rounded(runs.ours())));
    }

    /** A figure without a direct counterpart. */
    static Figure alone(String name, String unit, List<Double> ours) {
        return of(name, unit, new Runs(List.of(), ours));
    }

    /** The longest of many, each of which is kept. */
    static Figure longest(String name, String unit, List<Double> ours) {
        return new Figure(
                name, unit, 0, round(Collections.max(ours)), 0, Map.of("direct", List.of(), "ours", rounded(ours)));
    }

    /** The same as a detail of another figure. */
    Figure named(String owner) {
        return new Figure(owner + name.replaceFirst("^ +", ": "), unit, direct, ours, ratio, runs);
    }

    private static List<Double> rounded(List<Double> values) {
        return values.stream().map(Figure::round).toList();
    }

    private static double round(double value) {
        return Math.abs(value) >= 1000 ? Math.rint(value) : Math.rint(value * 1000) / 1000;
    }
}
