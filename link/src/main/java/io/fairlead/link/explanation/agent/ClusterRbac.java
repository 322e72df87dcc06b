package io.fairlead.link.explanation.agent;

import io.fairlead.base.error.FairleadException;
import io.fairlead.kube.client.KubeClient;
import io.fairlead.kube.rbac.Binding;
import io.fairlead.kube.rbac.RbacList;
import io.fairlead.kube.rbac.RbacWorld;
import io.fairlead.kube.rbac.Role;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Reads roles and bindings from the API server, as the agent itself, a small page at a time. */
public final class ClusterRbac implements RbacSource {
    private static final String PATH = "/apis/rbac.authorization.k8s.io/v1/";

    /** A page of the largest ClusterRoles there are (some 40 KiB each) fits the agent's heap many times over. */
    private static final int PAGE = 50;

    /** Roles and bindings together; kept, they are some 5 MiB of the agent's 48. */
    private static final int OBJECTS_MAX = 10_000;

    /** Of all pages together: who may write roles must not fill the agent with them. */
    private static final long CHARACTERS_MAX = 8L << 20;

    private final KubeClient kube;

    public ClusterRbac(KubeClient kube) {
        this.kube = kube;
    }

    @Override
    public RbacWorld read() throws InterruptedException {
        List<Role> roles = new ArrayList<>();
        List<Binding> bindings = new ArrayList<>();
        long characters = read("clusterroles", RbacList::ofRoles, roles, bindings, 0);
        characters = read("roles", RbacList::ofRoles, roles, bindings, characters);
        characters = read("clusterrolebindings", RbacList::ofBindings, roles, bindings, characters);
        read("rolebindings", RbacList::ofBindings, roles, bindings, characters);
        return new RbacWorld(roles, bindings);
    }

    private long read(
            String kind,
            Function<String, RbacList> reader,
            List<Role> roles,
            List<Binding> bindings,
            long charactersBefore)
            throws InterruptedException {
        long characters = charactersBefore;
        String next = "";
        do {
            String from = next.isEmpty() ? "" : "&continue=" + URLEncoder.encode(next, StandardCharsets.UTF_8);
            String text = kube.get(PATH + kind + "?limit=" + PAGE + from);
            characters += text.length();
            if (characters > CHARACTERS_MAX) {
                throw new FairleadException(
                        "explanation.too-much",
                        "the cluster's roles and bindings are more than " + (CHARACTERS_MAX >> 20)
                                + " MiB, more than are read here");
            }
            RbacList page = reader.apply(text);
            roles.addAll(page.roles());
            bindings.addAll(page.bindings());
            if (roles.size() + bindings.size() > OBJECTS_MAX) {
                throw new FairleadException(
                        "explanation.too-much",
                        "the cluster has more than " + OBJECTS_MAX + " roles and bindings, more than are read here");
            }
            next = page.next();
        } while (!next.isEmpty());
        return characters;
    }
}
