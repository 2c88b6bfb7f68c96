#pragma once

#include "core/analysis/mode_similarity.h"
#include "widgets/context/mode_provider.h"
#include "widgets/views/view.h"

#include <QComboBox>
#include <QLabel>
#include <QListWidget>
#include <QProgressBar>
#include <QPushButton>
#include <QSlider>
#include <QTimer>
#include <QToolButton>

#include <optional>
#include <vector>

namespace heedmap {

class ModeSidePlot;
struct ModeFigureParts;
class SpectrumPlot;

/// The selected map taken apart into modes: which queries look together at which keys. A click on a singular value
/// chooses a mode; the slider shows what the first modes alone make of the current token's row; heads that have the
/// same mode are listed beside it. Dear maps are computed on a worker, and nothing while the view is hidden.
class SvdModesView : public View
{
    Q_OBJECT

public:
    explicit SvdModesView(ViewContext& context, QWidget* parent = nullptr);

    SpectrumPlot& spectrum() { return *m_spectrum; }
    ModeSidePlot& left() { return *m_left; }   ///< queries of a mode; the original of a rebuilt row
    ModeSidePlot& right() { return *m_right; } ///< keys of a mode; the rebuilt row
    QComboBox& scopes() { return *m_scopes; }
    QComboBox& centrings() { return *m_centrings; }
    QToolButton& rebuiltSwitch() { return *m_rebuilt; }
    QSlider& keep() { return *m_keep; }
    QListWidget& similar() { return *m_similar; }
    QPushButton& selectButton() { return *m_select; }
    QPushButton& againButton() { return *m_again; }
    QToolButton& cancelButton() { return *m_cancel; }
    QString facts() const { return m_facts->text(); }
    QString keptText() const { return m_kept->text(); }
    QString message() const { return m_message->text(); }
    ModeProvider& provider() { return *m_provider; }
    std::size_t chosen() const { return m_chosen; }

    std::optional<Figure> figure() override;
    std::optional<NumberTable> numbers() override;

protected:
    void captureChanged() override;
    void selectionChanged() override;
    void pictureChanged() override;
    bool eventFilter(QObject* watched, QEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    /// Whose maps are stacked.
    struct Scope
    {
        QString id; ///< what stays chosen when the selection moves on
        QString title;
        std::vector<MapChoice> parts;
        bool operator==(const Scope&) const = default;
    };
    /// What the plots show; nothing is painted anew while it stays the same.
    struct Shown
    {
        std::shared_ptr<const ModesResult> result;
        std::size_t chosen = 0;
        std::int64_t kept = -1; ///< −1: a mode, otherwise a rebuilt row
        std::int64_t row = 0;
        qint64 picture = 0;
        bool operator==(const Shown&) const = default;
    };

    QLayout* buildControls();
    QLayout* buildBody();
    void connectControls();
    void refresh();
    void fillScopes();
    std::vector<Scope> scopesOfSelection() const;
    std::optional<ModesRequest> wantedRequest() const;
    void showMessage(const QString& message, bool offerAgain);
    void showWaiting();
    void updateProgress();
    void showResult(std::shared_ptr<const ModesResult> result);
    void chooseSubspace(std::size_t subspace);
    void fillKeep();
    void showFacts();
    void showPlots();
    void showMode();
    void showRebuilt();
    void showMarks();
    std::int64_t rowInQuestion() const;
    std::int64_t keptModes() const;

    std::optional<ModesRequest> searchRequest() const;
    void showSimilar();
    void listSimilar(const ModesResult& others);
    void goToSimilar(const QListWidgetItem* item);
    void selectTokens();

    const MapModes* shownModes() const { return m_result && !m_result->empty() ? &m_result->front() : nullptr; }
    const ModeSubspace* chosenSubspace() const;
    std::optional<ModeFigureParts> figureParts() const;

    ModeProvider* m_provider;
    SpectrumPlot* m_spectrum;
    ModeSidePlot* m_left;
    ModeSidePlot* m_right;
    QComboBox* m_scopes;
    QComboBox* m_centrings;
    QToolButton* m_rebuilt;
    QLabel* m_facts;
    QLabel* m_kept;
    QSlider* m_keep;
    QLabel* m_similarTitle;
    QListWidget* m_similar;
    QPushButton* m_search;
    QPushButton* m_select;
    QLabel* m_message;
    QPushButton* m_again;
    QProgressBar* m_progress;
    QToolButton* m_cancel;
    QWidget* m_side;
    QTimer m_patience; ///< until a computation is worth a progress bar
    QTimer m_ticks;

    std::vector<Scope> m_scopeList;
    QString m_scopeId = QStringLiteral("shown");
    Centring m_centring = Centring::Columns;
    std::shared_ptr<const ModesResult> m_result;
    std::size_t m_chosen = 0;
    std::optional<std::size_t> m_wantedMode; ///< index of a singular value to choose when the next result comes
    std::vector<std::int64_t> m_cuts;        ///< numbers of modes that can be kept: whole subspaces
    Shown m_shown;
    std::optional<ModesRequest> m_listed; ///< whose similar modes are listed, …
    std::size_t m_listedFor = 0;          ///< … for which subspace, …
    const void* m_listedResult = nullptr; ///< … of which result
    bool m_mayBeDear = false;             ///< the user asked for a search that takes long
    QImage m_faded;
    qint64 m_fadedKey = 0;
};

} // namespace heedmap
