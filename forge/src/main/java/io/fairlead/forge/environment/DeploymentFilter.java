package io.fairlead.forge.environment;

import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Parameters;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which deployments of a project a list is to hold, and in which order. Orders and filters by time go together, as in GitLab. */
record DeploymentFilter(
        long projectId,
        Optional<String> environment,
        Optional<String> status,
        Optional<Instant> updatedAfter,
        Optional<Instant> updatedBefore,
        Optional<Instant> finishedAfter,
        Optional<Instant> finishedBefore,
        String orderBy,
        boolean downwards) {
    private static final List<String> ORDERS = List.of("id", "iid", "created_at", "updated_at", "finished_at", "ref");

    static DeploymentFilter of(long projectId, Parameters parameters) {
        DeploymentFilter filter = new DeploymentFilter(
                projectId,
                parameters.text("environment").filter(text -> !text.isEmpty()),
                parameters.oneOf("status", Deployment.Status.ALL),
                parameters.time("updated_after"),
                parameters.time("updated_before"),
                parameters.time("finished_after"),
                parameters.time("finished_before"),
                parameters.oneOf("order_by", ORDERS).orElse("id"),
                parameters
                        .oneOf("sort", List.of("asc", "desc"))
                        .filter("desc"::equals)
                        .isPresent());
        boolean updated = filter.updatedAfter.isPresent() || filter.updatedBefore.isPresent();
        if (updated && !filter.orderBy.equals("updated_at")) {
            throw ApiError.message(
                    400, "400 Bad request - `updated_at` filter and `updated_at` sorting must be paired");
        }
        boolean finished = filter.finishedAfter.isPresent() || filter.finishedBefore.isPresent();
        if (finished && !filter.orderBy.equals("finished_at")) {
            throw ApiError.message(
                    400, "400 Bad request - `finished_at` filter and `finished_at` sorting must be paired");
        }
        return filter;
    }

    String where() {
        return " where d.project_id = :project"
                + (environment.isPresent() ? " and e.name = :environment" : "")
                + (status.isPresent() ? " and d.status = :status" : "")
                + (updatedAfter.isPresent() ? " and d.updated_at >= :updated_after" : "")
                + (updatedBefore.isPresent() ? " and d.updated_at <= :updated_before" : "")
                + (finishedAfter.isPresent() ? " and d.finished_at >= :finished_after" : "")
                + (finishedBefore.isPresent() ? " and d.finished_at <= :finished_before" : "");
    }

    /** Only ever one of {@link #ORDERS}. */
    String order() {
        String direction = downwards ? " desc" : " asc";
        // What has not finished comes last upwards, as in GitLab; by themselves databases differ in that.
        String unfinished = orderBy.equals("finished_at") ? (downwards ? " nulls first" : " nulls last") : "";
        return " order by d." + orderBy + direction + unfinished + ", d.id" + direction;
    }

    Map<String, Object> parameters() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("project", projectId);
        environment.ifPresent(text -> values.put("environment", text));
        status.ifPresent(text -> values.put("status", text));
        updatedAfter.ifPresent(time -> values.put("updated_after", time.toEpochMilli()));
        updatedBefore.ifPresent(time -> values.put("updated_before", time.toEpochMilli()));
        finishedAfter.ifPresent(time -> values.put("finished_after", time.toEpochMilli()));
        finishedBefore.ifPresent(time -> values.put("finished_before", time.toEpochMilli()));
        return values;
    }
}
