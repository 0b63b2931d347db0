package io.wsrouter;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.commons.annotation.Testable;

/** Keeps the house in order: which package may import which, and a few habits that a compiler does not know. */
final class ArchitectureTest {
    private static final List<String> CORE =
            List.of("address", "protocol", "auth", "connection", "cluster", "metrics", "routing");

    /** A package may import those of earlier lines, and none of its own line. */
    private static final List<List<String>> LAYERS = List.of(
            List.of("address"),
            List.of("protocol"),
            List.of("auth", "connection", "cluster", "metrics"),
            List.of("routing"),
            List.of("config"),
            List.of("transport", "keys", "codec"),
            List.of("pipeline", "nats", "admin"));

    private static final List<String> SEE_EVERYTHING = List.of("server", "cli");

    private static final ImportOption NOT_IN_A_TEST_JAR = location -> !location.contains("-tests.jar");

    private static final JavaClasses PRODUCTION = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_PACKAGE_INFOS)
            .withImportOption(NOT_IN_A_TEST_JAR)
            .importPackages("io.wsrouter");

    private static final JavaClasses EVERYTHING = new ClassFileImporter().importPackages("io.wsrouter");

    @ParameterizedTest
    @MethodSource("layeredPackages")
    void shouldImportOneWay(String name) {
        verify(noClasses()
                .that()
                .resideInAPackage(subtree(name))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(subtrees(hiddenFrom(name))));
    }

    static Stream<String> layeredPackages() {
        return LAYERS.stream().flatMap(Collection::stream);
    }

    @Test
    void shouldKnowEveryPackage() {
        List<String> known =
                Stream.concat(layeredPackages(), SEE_EVERYTHING.stream()).toList();

        assertThat(PRODUCTION.containPackage("io.wsrouter.address")).isTrue();
        classes().should().resideInAnyPackage(subtrees(known)).check(PRODUCTION);
    }

    @Test
    void shouldKeepTheWorldOutOfTheCore() {
        verify(noClasses()
                .that()
                .resideInAnyPackage(subtrees(CORE))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty..", "org.slf4j..", "com.fasterxml.."));
    }

    @Test
    void shouldKeepJjwtInOnePackage() {
        verify(noClasses()
                .that()
                .resideOutsideOfPackage("io.wsrouter.auth.jwt")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.jsonwebtoken.."));
    }

    @Test
    void shouldUseAgronaForCollectionsOnly() {
        DescribedPredicate<JavaClass> otherAgrona = resideInAPackage("org.agrona..")
                .and(DescribedPredicate.not(resideInAPackage("org.agrona.collections")));

        verify(noClasses().should().dependOnClassesThat(otherAgrona));
    }

    @Test
    void shouldNameClassesAfterWhatTheyAre() {
        verify(noClasses().should().haveNameMatching(".*(Impl|Util|Utils|Helper|Manager|Base)"));
    }

    @Test
    void shouldMintConnectionIdsInOnePlace() {
        DescribedPredicate<JavaAccess<?>> minting = describe(
                "to ConnectionId.of",
                access -> access.getTargetOwner().getFullName().equals("io.wsrouter.address.ConnectionId")
                        && access.getName().equals("of"));

        verify(noClasses()
                .that()
                .doNotHaveFullyQualifiedName("io.wsrouter.connection.ConnectionIdGenerator")
                .should()
                .accessTargetWhere(minting));
    }

    @Test
    void shouldShareNothingOnTheMessagePath() {
        String[] messagePath = subtrees(List.of("routing", "connection", "pipeline"));

        verify(noClasses()
                .that()
                .resideInAnyPackage(messagePath)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.concurrent.locks"));
        verify(noClasses()
                .that()
                .resideInAnyPackage(messagePath)
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.concurrent.ConcurrentHashMap"));
        verify(noMethods()
                .that()
                .areDeclaredInClassesThat()
                .resideInAnyPackage(messagePath)
                .should()
                .haveModifier(JavaModifier.SYNCHRONIZED));
    }

    /** Surefire looks at classes named so, and silently passes over the tests in others. */
    @Test
    void shouldFindEveryTest() {
        methods()
                .that()
                .areMetaAnnotatedWith(Testable.class)
                .should()
                .beDeclaredInClassesThat()
                .haveNameMatching(".*Test(\\$.*)?")
                .check(EVERYTHING);
    }

    private static List<String> hiddenFrom(String name) {
        List<String> hidden = new ArrayList<>(SEE_EVERYTHING);
        boolean reached = false;
        for (List<String> layer : LAYERS) {
            reached |= layer.contains(name);
            if (reached) {
                hidden.addAll(layer);
            }
        }
        hidden.remove(name);
        if (name.equals("connection")) {
            hidden.remove("auth");
        }
        return hidden;
    }

    private static String subtree(String name) {
        return "io.wsrouter." + name + "..";
    }

    private static String[] subtrees(Collection<String> names) {
        return names.stream().map(ArchitectureTest::subtree).toArray(String[]::new);
    }

    /* Packages are checked from their first class on. */
    private static void verify(ArchRule rule) {
        rule.allowEmptyShould(true).check(PRODUCTION);
    }
}
