package io.fairlead.kube.rbac;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each line is what Kubernetes 1.34 makes of a request; its own tests of RequestInfo have most of them. */
class RequestedActionTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            GET     | /api/v1/namespaces                               | list pods=namespaces,,,
            GET     | /api/v1/namespaces/other                         | get namespaces,other,other,
            GET     | /api/v1/namespaces/other/pods                    | list pods,other,,
            GET     | /api/v1/namespaces/other/pods/foo                | get pods,other,foo,
            HEAD    | /api/v1/namespaces/other/pods/foo                | get pods,other,foo,
            HEAD    | /api/v1/namespaces/other/pods                    | list pods,other,,
            GET     | /api/v1/pods                                     | list pods,,,
            POST    | /api/v1/pods                                     | create pods,,,
            GET     | /api/v1/namespaces/other/pods/foo/log            | get pods,other,foo,log
            GET     | /api/v1/namespaces/other/pods/foo/exec           | get pods,other,foo,exec
            POST    | /api/v1/namespaces/other/pods/foo/exec           | create pods,other,foo,exec
            GET     | /api/v1/namespaces/other/status                  | get namespaces,other,other,status
            PUT     | /api/v1/namespaces/other/finalize                | update namespaces,other,other,finalize
            PATCH   | /api/v1/namespaces/other/pods/foo                | patch pods,other,foo,
            DELETE  | /api/v1/namespaces/other/pods/foo                | delete pods,other,foo,
            DELETE  | /api/v1/namespaces/other/pods                    | deletecollection pods,other,,
            GET     | /api/v1/watch/pods                               | watch pods,,,
            GET     | /api/v1/watch/namespaces/other/pods              | watch pods,other,,
            GET     | /api/v1/watch/namespaces/other/pods/foo          | watch pods,other,foo,
            DELETE  | /api/v1/watch/namespaces/other/pods              | watch pods,other,,
            GET     | /api/v1/proxy/namespaces/other/pods/foo/sub/dir  | proxy pods,other,foo,
            GET     | /api/v1/namespaces/other/services/foo/proxy/a/b  | get services,other,foo,proxy
            GET     | /api/v1/nodes/n1/proxy/metrics                   | get nodes,,n1,proxy
            GET     | /apis/apps/v1/namespaces/other/deployments/foo   | get apps:deployments,other,foo,
            PUT     | /apis/apps/v1/namespaces/o/deployments/foo/scale | update apps:deployments,o,foo,scale
            GET     | /apis/extensions/v1/                             | get /apis/extensions/v1/
            GET     | /apis/extensions/v1                              | get /apis/extensions/v1
            GET     | /apis/extensions                                 | get /apis/extensions
            GET     | /api/v1                                          | get /api/v1
            GET     | /                                                | get /
            POST    | /metrics                                         | post /metrics
            GET     | /openapi/v3/apis/apps/v1                         | get /openapi/v3/apis/apps/v1
            OPTIONS | /api/v1/pods                                     | - pods,,,
            GET     | /api/v1/pods?watch=true                          | watch pods,,,
            GET     | /api/v1/pods?watch=                              | watch pods,,,
            GET     | /api/v1/pods?watch=0                             | list pods,,,
            GET     | /api/v1/pods?watch=FALSE                         | list pods,,,
            GET     | /api/v1/pods/foo?watch=1                         | get pods,,foo,
            GET     | /api/v1/pods?fieldSelector=metadata.name=foo     | list pods,,foo,
            GET     | /api/v1/pods?watch=1&fieldSelector=metadata.name==foo | watch pods,,foo,
            GET     | /api/v1/pods?fieldSelector=a=b,metadata.name=foo | list pods,,foo,
            GET     | /api/v1/pods?fieldSelector=metadata.name!=foo    | list pods,,,
            GET     | /api/v1/pods?fieldSelector=metadata.name=a/b     | list pods,,,
            GET     | /api/v1/pods?fieldSelector=metadata.name         | list pods,,,
            GET     | /api/v1/pods?limit=x&watch=1&fieldSelector=metadata.name=foo | watch pods,,,
            DELETE  | /api/v1/pods?fieldSelector=metadata.name=foo     | deletecollection pods,,,
            """)
    void isWhatAnApiServerMakesOfIt(String method, String target, String expected) {
        assertThat(said(action(method, target))).isEqualTo(expected.replace("pods=namespaces", "namespaces"));
    }

    static Action action(String method, String target) {
        int mark = target.indexOf('?');
        Map<String, List<String>> query = new LinkedHashMap<>();
        if (mark >= 0) {
            for (String pair : target.substring(mark + 1).split("&")) {
                String[] both = pair.split("=", 2);
                query.computeIfAbsent(both[0], any -> new ArrayList<>()).add(both[1]);
            }
        }
        return RequestedAction.of(method, mark < 0 ? target : target.substring(0, mark), query);
    }

    private static String said(Action action) {
        return switch (action) {
            case Action.OnPath(String verb, String path) -> verb + " " + path;
            case Action.OnResource on ->
                (on.verb().isEmpty() ? "-" : on.verb()) + " "
                        + (on.apiGroup().isEmpty() ? "" : on.apiGroup() + ":")
                        + String.join(",", on.resource(), on.namespace(), on.name(), on.subresource());
        };
    }
}
