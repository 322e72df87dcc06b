package io.fairlead.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;

/** Runs of one measurement, direct and through the line. */
record Runs(List<Double> direct, List<Double> ours) {
    /** Makes them in alternation, so that a noisy minute of the machine meets both. */
    static Runs alternate(int count, DoubleSupplier direct, DoubleSupplier ours) {
        List<Double> directRuns = new ArrayList<>();
        List<Double> ourRuns = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            directRuns.add(direct.getAsDouble());
            ourRuns.add(ours.getAsDouble());
        }
        return new Runs(directRuns, ourRuns);
    }

    static double median(List<Double> values) {
        if (values.isEmpty()) {
            return 0;
        }
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
